import Client
import Objects

/// The events of one object.
enum DescribeEvents {
    static func fetch(_ object: Object, _ client: APIClient) async throws -> [Object] {
        var selector = [
            "involvedObject.name=\(object.name)", "involvedObject.kind=\(object.kind)",
        ]
        if !object.uid.isEmpty { selector.append("involvedObject.uid=\(object.uid)") }
        if !object.namespace.isEmpty { selector.append("involvedObject.namespace=\(object.namespace)") }
        let namespace = object.namespace.isEmpty ? "default" : object.namespace
        return try await client.list(
            .events, namespace: namespace, query: ListQuery(fieldSelector: selector.joined(separator: ","))
        ).items
    }

    static func append(_ events: [Object], to text: inout DescribeText, now: Int64 = Clock.now) {
        guard !events.isEmpty else { return text.line(0, "Events:\t<none>") }
        text.line(0, "Events:")
        text.line(1, "Type\tReason\tAge\tFrom\tMessage")
        text.line(1, "----\t------\t----\t----\t-------")
        for event in events.sorted(by: { lastSeen($0) < lastSeen($1) }) {
            let cells = [
                event.text("type"), event.text("reason"), age(event, now), source(event),
                event.text("message")?.trimmingEndingNewlines,
            ]
            text.line(1, cells.map { Terminal.escaped($0 ?? "") }.joined(separator: "\t"))
        }
    }

    /// `10s`, or `3m (x5 over 10m)` for one that came again.
    static func age(_ event: Object, _ now: Int64) -> String {
        let last = Age.since(lastSeen(event), now: now)
        let count = event["series", "count"]?.integer ?? event["count"]?.integer ?? 1
        guard count > 1 else { return last }
        return "\(last) (x\(count) over \(Age.since(firstSeen(event), now: now)))"
    }

    static func lastSeen(_ event: Object) -> String {
        event.text("series", "lastObservedTime") ?? event.text("lastTimestamp") ?? event.text("eventTime")
            ?? event.creationTimestamp
    }

    private static func firstSeen(_ event: Object) -> String {
        event.text("firstTimestamp") ?? event.text("eventTime") ?? event.creationTimestamp
    }

    static func source(_ event: Object) -> String {
        let component = event.text("source", "component") ?? event.text("reportingComponent") ?? ""
        guard let host = event.text("source", "host"), !host.isEmpty else { return component }
        return "\(component), \(host)"
    }
}

extension String {
    var trimmingEndingNewlines: String {
        var text = self[...]
        while text.last?.isWhitespace == true { text = text.dropLast() }
        return String(text)
    }
}
