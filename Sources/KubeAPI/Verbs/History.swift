import Objects
import Registry
import Transport

extension APIServer {
    /// `GET /berth/v1/history/apis/apps/v1/namespaces/default/statefulsets/web?limit=100&resourceVersion=N`: the
    /// changes up to revision N (default: now), newest first. Where they are too many bytes for one answer
    /// `metadata.continue` is the N of the rest. Kubernetes has nothing of the kind.
    func history(_ route: ResourceRoute, _ query: Query, _ call: Call) throws(Status) {
        let limit = try Self.limit(query["limit"])
        let through = try ResourceVersion.parse(query["resourceVersion"] ?? "") ?? 0
        let registry = registry
        let shape = try call.shape()
        // It reads and makes many objects, so it is not done on the event loop.
        call.perform { () async throws(Status) in
            Answers.json(Self.body(try registry.history(route.key, through: through, limit: limit)), shape)
        }
    }

    private static func body(_ history: ObjectHistory) -> JSON {
        var body: JSON = ["kind": "ObjectHistory", "apiVersion": "berth.dev/v1"]
        body["metadata"] = ["resourceVersion": .string(String(history.revision))]
        if let next = history.next { body["metadata"]?["continue"] = .string(String(next)) }
        // From here on reads of the past are possible.
        body["oldestRevision"] = .string(String(max(history.compactRevision, 1)))
        body["items"] = .array(history.changes.map(item))
        return body
    }

    private static func item(_ change: ObjectChange) -> JSON {
        var item: JSON = ["revision": .string(String(change.revision)), "by": .string(change.origin)]
        if let time = change.time { item["time"] = .string(time.rfc3339) }
        item["object"] = change.object?.json ?? .null
        return item
    }

    private static func limit(_ text: String?) throws(Status) -> Int {
        guard let text else { return 100 }
        guard let limit = Int(text), (1...10_000).contains(limit) else {
            throw .badRequest("limit must be a number from 1 to 10000, not \(Status.quoted(text))")
        }
        return limit
    }
}
