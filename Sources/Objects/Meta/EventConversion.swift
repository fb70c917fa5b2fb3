/// Core and events.k8s.io Events are one stored object with two faces; these are upstream's names for the same fields.
package enum EventConversion {
    private static let names: [(core: String, events: String)] = [
        ("involvedObject", "regarding"), ("message", "note"), ("source", "deprecatedSource"),
        ("firstTimestamp", "deprecatedFirstTimestamp"), ("lastTimestamp", "deprecatedLastTimestamp"),
        ("count", "deprecatedCount"), ("reportingComponent", "reportingController"),
    ]

    /// As it is stored.
    package static func toCore(_ event: Object) -> Object {
        convert(event, "v1", "Event", Dictionary(uniqueKeysWithValues: names.map { ($0.events, $0.core) }))
    }

    package static func toEvents(_ event: Object) -> Object {
        convert(
            event, "events.k8s.io/v1", "events.Event",
            Dictionary(uniqueKeysWithValues: names.map { ($0.core, $0.events) }))
    }

    private static func convert(
        _ event: Object, _ apiVersion: String, _ type: String, _ renamed: [String: String]
    ) -> Object {
        let members = (event.json.object ?? JSONObject()).members.map { (renamed[$0.key] ?? $0.key, $0.value) }
        var json = JSON.object(JSONObject(members.map { (key: $0.0, value: $0.1) }))
        json["apiVersion"] = .string(apiVersion)
        json["kind"] = "Event"
        return Object(json.normalized(as: type))
    }
}
