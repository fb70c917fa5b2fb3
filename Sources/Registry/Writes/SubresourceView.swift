package import Objects

/// How a subresource shows an object, and what of the shown goes back into it.
struct SubresourceView: Sendable {
    private let isScale: Bool

    init(_ subresource: Subresource?, _ kind: KindSchema) { isScale = subresource == .scale && kind.hasScale }

    func read(_ object: Object) -> Object { isScale ? Scale.of(object) : object }

    func write(_ shown: Object, into object: Object) throws(Status) -> Object {
        isScale ? try Scale.apply(shown, to: object) : shown
    }
}

/// autoscaling/v1 Scale of a StatefulSet.
package enum Scale {
    package static func of(_ set: Object) -> Object {
        var metadata: JSON = ["name": .string(set.name), "namespace": .string(set.namespace)]
        for field in ["uid", "resourceVersion", "creationTimestamp"] {
            metadata[field] = set["metadata", field]
        }
        var spec: JSON = .object(JSONObject())
        if let replicas = set["spec", "replicas"], replicas != 0 { spec["replicas"] = replicas }
        var status: JSON = ["replicas": set["status", "replicas"] ?? 0]
        if let selector = set["spec", "selector"] { status["selector"] = .string(selectorText(selector)) }
        return Object([
            "kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": metadata, "spec": spec, "status": status,
        ])
    }

    static func apply(_ scale: Object, to set: Object) throws(Status) -> Object {
        guard scale.name == set.name else {
            throw .badRequest(
                "the name of the object (\(scale.name)) does not match the name on the URL (\(set.name))")
        }
        let replicas = scale["spec", "replicas"]?.integer ?? 0
        guard replicas >= 0 else {
            let problem = FieldError.invalid(
                "spec.replicas", .integer(replicas), "must be greater than or equal to 0")
            throw Status.invalid(group: "autoscaling", kind: "Scale", name: set.name, [problem])
                ?? .internalError("a negative scale")
        }
        if !scale.uid.isEmpty, scale.uid != set.uid {
            throw .conflict(
                .statefulSets, set.name,
                because: "Precondition failed: UID in precondition: \(scale.uid), UID in object meta: \(set.uid)")
        }
        var set = set
        if !scale.resourceVersion.isEmpty { set.resourceVersion = scale.resourceVersion }
        set["spec", "replicas"] = .integer(replicas)
        return set
    }

    /// `app=nginx,tier in (a,b)`, sorted by key as upstream's.
    private static func selectorText(_ selector: JSON) -> String {
        var terms: [(key: String, text: String)] = []
        for (key, value) in selector["matchLabels"]?.object ?? JSONObject() {
            terms.append((key, "\(key)=\(value.string ?? "")"))
        }
        for expression in selector["matchExpressions"]?.array ?? [] {
            let key = expression["key"]?.string ?? ""
            let values = (expression["values"]?.array ?? []).compactMap(\.string).sorted().joined(separator: ",")
            switch expression["operator"]?.string {
            case "In": terms.append((key, "\(key) in (\(values))"))
            case "NotIn": terms.append((key, "\(key) notin (\(values))"))
            case "Exists": terms.append((key, key))
            default: terms.append((key, "!\(key)"))
            }
        }
        return terms.sorted { $0.key < $1.key }.map(\.text).joined(separator: ",")
    }
}
