package struct WatchRequest: Sendable, Hashable {
    package var range: KeyRange
    /// The first revision of interest; 0: only what is written from now on.
    package var startRevision: Int64
    package var withPrevious: Bool
    package var filtersPuts = false
    package var filtersDeletes = false
    package init(_ range: KeyRange, startRevision: Int64 = 0, withPrevious: Bool = true) {
        self.range = range
        self.startRevision = startRevision
        self.withPrevious = withPrevious
    }
}

package struct Event: Sendable, Hashable {
    package enum Kind: Sendable, Hashable { case put, delete }
    package var kind: Kind
    /// Of a deletion: key and mod revision only.
    package var current: KeyValue
    /// Before this revision; nil if the key did not exist, was not asked for, or is compacted.
    package var previous: KeyValue?
    package init(kind: Kind, current: KeyValue, previous: KeyValue?) {
        self.kind = kind
        self.current = current
        self.previous = previous
    }
}

package enum WatchSignal: Sendable {
    /// All events of one revision that this watch is interested in.
    case events(revision: Int64, [Event])
    /// The answer to `requestProgress`: every event up to this revision has been handed over.
    case progress(revision: Int64)
    /// The last signal. The watcher may start again at `resumeRevision` unless that is compacted.
    case cancelled(WatchCancellation)
}

package enum WatchCancellation: Sendable, Hashable {
    /// The start revision is compacted; reads are possible from this revision on.
    case compacted(compactRevision: Int64)
    /// The sink did not keep up; nothing up to `resumeRevision` (exclusive) is missing.
    case tooSlow(resumeRevision: Int64)
    /// Asked for, or the store closed.
    case closed
}

/// Receives a watch's signals on a store thread. Returns how many bytes it still has queued, so that a slow one can be
/// told from a busy one and cancelled (limit: `StoreLimits.watchQueueBytes`).
package protocol WatchSink: AnyObject, Sendable {
    func receive(_ signal: WatchSignal) -> Int

    /// As `receive` returns it, at any time and from any thread. A sink that can tell is given time to drain before it
    /// is cancelled; nil, the default, is for one that cannot.
    var queuedBytes: Int? { get }
}

extension WatchSink {
    package var queuedBytes: Int? { nil }
}

package protocol WatchHandle: AnyObject, Sendable {
    func cancel()
    /// Asks for a `progress` signal; it comes in order behind all events up to its revision.
    func requestProgress()
}
