/// Collects the events of one revision, so that each watcher gets them together. Watchers of the same events get the same
/// array: a thousand watchers of one prefix cost a thousand references.
struct RevisionCollector {
    private(set) var revision: Int64 = 0
    private var watchers: [Watcher] = []
    /// The newest array with more than one event, and what it was made of.
    private var longer: (before: [Event], event: [Event], both: [Event])?

    /// - Parameter event: an array of one.
    mutating func add(_ event: [Event], _ revision: Int64, to watcher: Watcher) {
        self.revision = revision
        if watcher.pending.isEmpty {
            watcher.pending = event
            watchers.append(watcher)
        } else {
            watcher.pending = joined(watcher.pending, event)
        }
    }

    private mutating func joined(_ before: [Event], _ event: [Event]) -> [Event] {
        if let longer, Self.isSame(longer.before, before), Self.isSame(longer.event, event) { return longer.both }
        let both = before + event
        longer = (before, event, both)
        return both
    }

    private static func isSame(_ one: [Event], _ other: [Event]) -> Bool {
        one.count == other.count
            && one.withUnsafeBufferPointer({ $0.baseAddress }) == other.withUnsafeBufferPointer({ $0.baseAddress })
    }

    /// Hands everything over and returns the watchers whose queue is too long now.
    mutating func flush() -> [Watcher] {
        var slow: [Watcher] = []
        for watcher in watchers {
            let events = watcher.pending
            watcher.pending = []
            let queued = watcher.sink.receive(.events(revision: revision, events))
            watcher.next = revision + 1
            if queued > StoreLimits.watchQueueBytes { slow.append(watcher) }
        }
        watchers.removeAll(keepingCapacity: true)
        longer = nil
        return slow
    }
}
