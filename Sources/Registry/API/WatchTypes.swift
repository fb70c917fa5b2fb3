package import Objects

package struct WatchOptions: Sendable, Hashable {
    package enum Start: Sendable, Hashable {
        /// What was written after this revision.
        case after(Int64)
        /// First everything there is, as `added`, then `initialEventsEnd`, then what is written.
        case initialState
    }

    package var start: Start
    package var labelSelector: String
    package var fieldSelector: String

    package init(_ start: Start, labelSelector: String = "", fieldSelector: String = "") {
        self.start = start
        self.labelSelector = labelSelector
        self.fieldSelector = fieldSelector
    }
}

/// What a watcher with a selector sees: an object that begins to match was added to its view, one that ceases to match
/// was deleted from it.
package enum ObjectEventKind: String, Sendable, Hashable {
    case added = "ADDED"
    case modified = "MODIFIED"
    case deleted = "DELETED"
}

package struct ObjectEvent: Sendable, Hashable {
    package var kind: ObjectEventKind
    /// The object as the watcher is told: of a deletion its last state with the resourceVersion of the deletion.
    package var object: Object
    /// The state before, as the watcher knew it; nil if it is new to its view.
    package var old: Object?
    package var revision: Int64
}

package enum WatchMessage: Sendable {
    /// All of one revision.
    case events([ObjectEvent])
    /// The initial state is complete as of this revision.
    case initialEventsEnd(revision: Int64)
    /// Everything up to this revision has been handed over; the answer to `WatchHandle.requestProgress()`.
    case bookmark(revision: Int64)
    /// The last message. 410 Expired: list again. nil: cancelled.
    case ended(Status?)
}

/// As `ObjectEvent` without decoding: `value` is what is stored, `revision` the resourceVersion to splice in.
package struct StoredEvent: Sendable, Hashable {
    package var kind: ObjectEventKind
    package var value: [UInt8]
    package var revision: Int64

    package init(kind: ObjectEventKind, value: [UInt8], revision: Int64) {
        self.kind = kind
        self.value = value
        self.revision = revision
    }
}

package enum StoredWatchMessage: Sendable {
    case events([StoredEvent])
    case initialEventsEnd(revision: Int64)
    case bookmark(revision: Int64)
    case ended(Status?)
}
