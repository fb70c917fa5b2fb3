import Objects
import Registry
import Transport

extension APIServer {
    /// `GET /berth/v1/history/apis/apps/v1/namespaces/default/statefulsets/web?limit=100&resourceVersion=N`: the
    /// changes up to revision N (default: now), newest first. Kubernetes has nothing of the kind.
    func history(_ route: ResourceRoute, _ query: Query, _ call: Call) throws(Status) {
        let limit = try Self.limit(query["limit"])
        let through = try ResourceVersion.parse(query["resourceVersion"] ?? "") ?? 0
        let history = try registry.history(route.key, through: through, limit: limit)
        var body: JSON = ["kind": "ObjectHistory", "apiVersion": "berth.dev/v1"]
        body["metadata"] = ["resourceVersion": .string(String(history.revision))]
        // From here on reads of the past are possible.
        body["oldestRevision"] = .string(String(max(history.compactRevision, 1)))
        body["items"] = .array(history.changes.map(Self.item))
        call.answer(Answers.json(body, try call.shape()))
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
