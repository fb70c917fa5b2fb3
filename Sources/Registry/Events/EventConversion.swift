package import Objects
import Store

/// core/v1 and events.k8s.io/v1 Events are one object in storage, which is kept as core/v1
/// (k8s.io/kubernetes, pkg/apis/events/v1). Pure.
package enum EventConversion {
    static let renamed = [
        ("involvedObject", "regarding"), ("message", "note"), ("source", "deprecatedSource"),
        ("firstTimestamp", "deprecatedFirstTimestamp"), ("lastTimestamp", "deprecatedLastTimestamp"),
        ("count", "deprecatedCount"), ("reportingComponent", "reportingController"),
    ]

    static func isConverted(_ kind: KindSchema) -> Bool { kind.group == "events.k8s.io" }

    package static func toEventsAPI(_ event: Object) -> Object {
        convert(event, apiVersion: "events.k8s.io/v1", Dictionary(uniqueKeysWithValues: renamed))
    }

    package static func toCore(_ event: Object) -> Object {
        convert(event, apiVersion: "v1", Dictionary(uniqueKeysWithValues: renamed.map { ($0.1, $0.0) }))
    }

    /// The stored bytes as `kind` shows them.
    static func served(_ value: [UInt8], _ kind: KindSchema) throws(Status) -> [UInt8] {
        guard isConverted(kind) else { return value }
        let object = toEventsAPI(try ObjectCoding.decode(value, revision: 0))
        return JSONEncoder.encode(ObjectCoding.canonical(object).json)
    }

    static func served(_ event: Event, _ kind: KindSchema) throws(Status) -> Event {
        guard isConverted(kind) else { return event }
        var event = event
        if event.kind == .put { event.current.value = try served(event.current.value, kind) }
        if let previous = event.previous { event.previous?.value = try served(previous.value, kind) }
        return event
    }

    private static func convert(_ event: Object, apiVersion: String, _ names: [String: String]) -> Object {
        guard let members = event.json.object else { return event }
        var converted = Object(.object(JSONObject(members.map { (key: names[$0.key] ?? $0.key, value: $0.value) })))
        converted.apiVersion = apiVersion
        return converted
    }
}
