package import Objects

/// One change of an object, as the daemon remembers it.
package struct RecordedChange: Sendable, Hashable {
    package var revision: Int64
    /// RFC 3339; nil: not known.
    package var time: String?
    /// User and client.
    package var origin: String
    /// nil: the change removed the object.
    package var object: Object?

    package init(revision: Int64, time: String?, origin: String, object: Object?) {
        self.revision = revision
        self.time = time
        self.origin = origin
        self.object = object
    }
}

extension APIClient {
    /// What became of an object, newest first, and the oldest revision that can be read.
    ///
    /// - Parameter through: changes above this revision are left out; nil: none.
    /// - Throws: as `json`
    package func history(
        _ resource: APIResource, namespace: String, name: String, through: Int64? = nil, limit: Int = 1000
    ) async throws -> (changes: [RecordedChange], oldestRevision: Int64) {
        var query = [(name: "limit", value: String(limit))]
        if let through { query.append(("resourceVersion", String(through))) }
        let path = "/berth/v1/history" + resource.path(namespace: namespace, name: name)
        let answer = try await json(.get, path, query: query)
        let changes = (answer["items"]?.array ?? []).map { item in
            let object = item["object"].flatMap { $0.isNull ? nil : Object($0) }
            return RecordedChange(
                revision: item["revision"]?.string.flatMap { Int64($0) } ?? 0, time: item["time"]?.string,
                origin: item["by"]?.string ?? "", object: object)
        }
        return (changes, answer["oldestRevision"]?.string.flatMap { Int64($0) } ?? 1)
    }
}
