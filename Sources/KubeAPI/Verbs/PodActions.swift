import Objects
import Registry
import Transport

extension APIServer {
    /// https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/
    func evict(_ route: ResourceRoute, _ query: Query, _ call: Call) throws(Status) {
        let options = try QueryOptions.write(query, "CreateOptions")
        let shape = try call.shape()
        let body = try TypedBody.decode(
            call.request, type: "Eviction", versions: ["policy/v1", "policy/v1beta1"],
            validation: options.fieldValidation)
        guard body.object.name == route.name else {
            throw .badRequest(
                "name in URL does not match name in Eviction object: \(route.name), \(body.object.name)")
        }
        var deletion = try QueryOptions.delete(Query(), body: body.object["deleteOptions"])
        deletion.dryRun = deletion.dryRun || options.dryRun
        let (registry, user, chosen) = (registry, call.user, deletion)
        call.perform { () async throws(Status) in
            _ = try await registry.evict(route.key, options: chosen, by: user)
            return Self.done(shape)
        }
    }

    func bind(_ route: ResourceRoute, _ query: Query, _ call: Call) throws(Status) {
        let options = try QueryOptions.write(query, "CreateOptions")
        let shape = try call.shape()
        let body = try TypedBody.decode(
            call.request, type: "Binding", versions: ["v1"], validation: options.fieldValidation)
        let (registry, user) = (registry, call.user)
        call.perform { () async throws(Status) in
            try await registry.bind(route.key, body.object, options: options, by: user)
            return Self.done(shape)
        }
    }

    /// A `Status` that names nothing, as upstream answers to actions.
    private static func done(_ shape: Negotiated) -> HTTPResponse {
        Answers.json(
            ["kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success", "code": 201], status: 201,
            shape)
    }
}
