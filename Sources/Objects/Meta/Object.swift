/// A Kubernetes object: JSON with names for the metadata that every kind has.
package struct Object: Sendable, Hashable {
    package var json: JSON

    package init(_ json: JSON) { self.json = json }

    package subscript(path: String...) -> JSON? {
        get { json.at(path) }
        set { json.set(path, newValue) }
    }

    package var apiVersion: String {
        get { json["apiVersion"]?.string ?? "" }
        set { json["apiVersion"] = .string(newValue) }
    }
    package var kind: String {
        get { json["kind"]?.string ?? "" }
        set { json["kind"] = .string(newValue) }
    }
    package var name: String {
        get { metadata("name") }
        set { json.set(["metadata", "name"], .string(newValue)) }
    }
    /// Empty for kinds without namespace.
    package var namespace: String {
        get { metadata("namespace") }
        set { json.set(["metadata", "namespace"], newValue.isEmpty ? nil : .string(newValue)) }
    }
    package var uid: String {
        get { metadata("uid") }
        set { json.set(["metadata", "uid"], .string(newValue)) }
    }
    /// The store's mod revision in decimal; empty if the object was never stored.
    package var resourceVersion: String {
        get { metadata("resourceVersion") }
        set { json.set(["metadata", "resourceVersion"], newValue.isEmpty ? nil : .string(newValue)) }
    }
    package var generation: Int64 {
        get { json.at("metadata", "generation")?.integer ?? 0 }
        set { json.set(["metadata", "generation"], .integer(newValue)) }
    }
    /// RFC 3339, UTC, seconds.
    package var creationTimestamp: String { metadata("creationTimestamp") }
    package var deletionTimestamp: String? { json.at("metadata", "deletionTimestamp")?.string }
    package var isBeingDeleted: Bool { deletionTimestamp != nil }

    package var labels: [String: String] { stringMap("labels") }
    package var annotations: [String: String] { stringMap("annotations") }
    package var finalizers: [String] {
        get { json.at("metadata", "finalizers")?.array?.compactMap(\.string) ?? [] }
        set { json.set(["metadata", "finalizers"], newValue.isEmpty ? nil : .array(newValue.map { .string($0) })) }
    }

    package func annotation(_ key: String) -> String? { json.at("metadata", "annotations", key)?.string }
    package mutating func setAnnotation(_ key: String, _ value: String?) {
        json.set(["metadata", "annotations", key], value.map { .string($0) })
    }
    package func label(_ key: String) -> String? { json.at("metadata", "labels", key)?.string }
    package mutating func setLabel(_ key: String, _ value: String?) {
        json.set(["metadata", "labels", key], value.map { .string($0) })
    }

    private func metadata(_ field: String) -> String { json.at("metadata", field)?.string ?? "" }

    private func stringMap(_ field: String) -> [String: String] {
        var map: [String: String] = [:]
        for (key, value) in json.at("metadata", field)?.object ?? JSONObject() { map[key] = value.string }
        return map
    }
}
