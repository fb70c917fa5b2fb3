/// One watch. Its mutable part belongs to the hub's thread.
///
/// Sendable by hand: `id`, `request`, `sink` and `hub` never change; everything else is touched on the hub's thread
/// only.
final class Watcher: WatchHandle, @unchecked Sendable {
    let id: Int
    let request: WatchRequest
    let sink: any WatchSink
    private weak let hub: WatchHub?

    // MARK: Hub's thread only

    /// The first revision that it has not been given.
    var next: Int64
    /// Receives what is written as it is published; else it is catching up.
    var isLive = false
    var isCancelled = false
    /// Where it is in its `WatcherGroup`.
    var place = 0
    /// Events of the revision that is being collected.
    var pending: [Event] = []
    var wantsProgress = 0
    /// Monotonic nanoseconds since which its queue has been too long.
    var slowSince: Int64?

    init(id: Int, request: WatchRequest, next: Int64, sink: any WatchSink, hub: WatchHub) {
        self.id = id
        self.request = request
        self.next = next
        self.sink = sink
        self.hub = hub
    }

    func cancel() { hub?.post(.cancel(id)) }
    func requestProgress() { hub?.post(.progress(id)) }
}
