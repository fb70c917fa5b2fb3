import Objects
import Registry
import Transport

extension APIServer {
    func getScale(_ route: ResourceRoute, _ call: Call) throws(Status) {
        let shape = try call.shape()
        call.answer(Answers.json(ScaleObject.of(try registry.get(route.key)), shape))
    }

    func changeScale(_ route: ResourceRoute, _ query: Query, _ call: Call) throws(Status) {
        let shape = try call.shape()
        let isPatch = call.request.method == "PATCH"
        let patch = isPatch ? try PatchBody.kind(call.request) : nil
        let options = try QueryOptions.write(
            query, isPatch ? "PatchOptions" : "UpdateOptions", isApply: patch == .apply)
        let (registry, user) = (registry, call.user)
        if let patch {
            let body = try PatchBody.bytes(call.request, patch)
            call.perform { () async throws(Status) in
                let outcome = try await registry.patch(
                    route.key, patch, body, subresource: .scale, options: options, by: user)
                return Answers.json(ScaleObject.of(outcome.object), shape)
            }
            return
        }
        let body = try TypedBody.decode(
            call.request, type: "Scale", versions: ["autoscaling/v1"], validation: options.fieldValidation)
        try body.checkName(route.name, namespace: route.namespace)
        let scale = body.object
        call.perform { () async throws(Status) in
            let object = try await registry.update(route.key, subresource: .scale, options: options, by: user) {
                _ in scale
            }
            return Answers.json(ScaleObject.of(object), shape)
        }
    }
}

/// `autoscaling/v1` Scale of an object with replicas.
enum ScaleObject {
    static func of(_ object: Object) -> JSON {
        if object.kind == "Scale" { return object.json }
        var metadata: [JSONObject.Member] = []
        for field in ["name", "namespace", "uid", "resourceVersion", "creationTimestamp"] {
            if let value = object["metadata", field] { metadata.append((field, value)) }
        }
        var status: [JSONObject.Member] = [("replicas", object["status", "replicas"] ?? 0)]
        if let selector = selector(object) { status.append(("selector", .string(selector))) }
        // None are left out, as Go leaves out what is zero.
        var spec = JSONObject()
        if let replicas = object["spec", "replicas"], replicas != 0 { spec["replicas"] = replicas }
        return [
            "kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": .object(JSONObject(metadata)),
            "spec": .object(spec), "status": .object(JSONObject(status)),
        ]
    }

    /// The label selector in the form of a query.
    private static func selector(_ object: Object) -> String? {
        guard let selector = object["spec", "selector"] else { return nil }
        var parts = (selector["matchLabels"]?.object ?? JSONObject()).map { "\($0.key)=\($0.value.string ?? "")" }
        for expression in selector["matchExpressions"]?.array ?? [] {
            let key = expression["key"]?.string ?? ""
            let values = (expression["values"]?.array ?? []).compactMap(\.string).sorted().joined(separator: ",")
            switch expression["operator"]?.string {
            case "In": parts.append("\(key) in (\(values))")
            case "NotIn": parts.append("\(key) notin (\(values))")
            case "Exists": parts.append(key)
            case "DoesNotExist": parts.append("!\(key)")
            default: break
            }
        }
        return parts.sorted().joined(separator: ",")
    }
}
