import Objects
import Store

/// The stored Event is core/v1; a list, a watch or a read of events.k8s.io shows it with that API's names.
extension EventConversion {
    static func isConverted(_ kind: KindSchema) -> Bool { kind.group == "events.k8s.io" }

    /// The stored bytes as `kind` shows them.
    static func served(_ value: [UInt8], _ kind: KindSchema) throws(Status) -> [UInt8] {
        guard isConverted(kind) else { return value }
        let object = toEvents(try ObjectCoding.decode(value, revision: 0))
        return JSONEncoder.encode(ObjectCoding.canonical(object).json)
    }

    static func served(_ event: Event, _ kind: KindSchema) throws(Status) -> Event {
        guard isConverted(kind) else { return event }
        var event = event
        if event.kind == .put { event.current.value = try served(event.current.value, kind) }
        if let previous = event.previous { event.previous?.value = try served(previous.value, kind) }
        return event
    }
}
