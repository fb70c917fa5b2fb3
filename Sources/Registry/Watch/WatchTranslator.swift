import Objects
import Store

/// Turns one store event into what a watcher is told. A pure function of the event and of the watcher's predicate.
enum WatchTranslator {
    static func stored(_ event: Event, _ predicate: Predicate) throws(Status) -> StoredEvent? {
        let revision = event.current.modRevision
        var isNow = false
        if event.kind == .put { isNow = try predicate.matches(event.current) }
        var wasBefore = false
        if let previous = event.previous { wasBefore = try predicate.matches(previous) }
        switch (wasBefore, isNow) {
        case (false, true): return StoredEvent(kind: .added, value: event.current.value, revision: revision)
        case (true, true): return StoredEvent(kind: .modified, value: event.current.value, revision: revision)
        // The watcher is told the last state that it could see, at the revision at which it went out of sight.
        case (true, false): return StoredEvent(kind: .deleted, value: event.previous?.value ?? [], revision: revision)
        case (false, false): return nil
        }
    }

    static func decoded(_ event: Event, _ stored: StoredEvent) throws(Status) -> ObjectEvent {
        let object = try ObjectCoding.decode(stored.value, revision: stored.revision)
        var old: Object?
        if stored.kind != .added, let previous = event.previous {
            old = try ObjectCoding.decode(previous.value, revision: previous.modRevision)
        }
        return ObjectEvent(kind: stored.kind, object: object, old: old, revision: stored.revision)
    }
}
