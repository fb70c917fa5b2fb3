import Synchronization

/// The loop of a controller that syncs by a method of its own: the method needs the controller, so the loop is made when
/// the controller starts.
final class ControllerWorkers<Key: Hashable & Sendable>: Sendable {
    private let loop = Mutex<ControllerLoop<Key>?>(nil)

    func start(_ queue: WorkQueue<Key>, count: Int, sync: @escaping @Sendable (Key) async -> SyncOutcome) {
        let started = ControllerLoop(queue: queue, workers: count, sync: sync)
        loop.withLock { $0 = started }
        started.start()
    }

    /// Returns when the syncs that were under way have ended.
    func stop() async {
        let running = loop.withLock { loop in
            defer { loop = nil }
            return loop
        }
        await running?.stop()
    }
}
