import NIOCore
import Objects
import Registry
import Transport

extension APIServer {
    func delete(_ route: ResourceRoute, _ query: Query, _ call: Call) throws(Status) {
        let options = try deleteOptions(query, call)
        let rendering = try Rendering(
            route.kind, try call.shape(transforms: true), query, clock: registry.options.clock)
        let isOrphanRefused = options.propagation == .background && query["orphanDependents"] != nil
        let (registry, user) = (registry, call.user)
        call.perform { () async throws(Status) in
            let outcome = try await registry.delete(route.key, options: options, by: user)
            if outcome.removed, !registry.returnsDeletedObject(route.resource) {
                return Answers.json(
                    Status.success(route.resource, name: route.name, uid: outcome.object.uid), rendering.shape)
            }
            return rendering.object(outcome.object, status: !outcome.removed && isOrphanRefused ? 202 : 200)
        }
    }

    func deleteCollection(_ route: ResourceRoute, _ query: Query, _ call: Call) throws(Status) {
        let options = try deleteOptions(query, call)
        let selection = try QueryOptions.list(query)
        let rendering = try Rendering(
            route.kind, try call.shape(transforms: true), query, clock: registry.options.clock)
        let (registry, user) = (registry, call.user)
        call.perform { () async throws(Status) in
            let list = try await registry.deleteCollection(
                route.resource, namespace: route.namespace.isEmpty ? nil : route.namespace, selecting: selection,
                options: options, by: user)
            return try rendering.list(list.stored)
        }
    }

    private func deleteOptions(_ query: Query, _ call: Call) throws(Status) -> DeleteOptions {
        guard call.request.body.readableBytes > 0 else { return try QueryOptions.delete(query, body: nil) }
        let body = try RequestBody.decode(call.request)
        if body.json.isNull { return try QueryOptions.delete(query, body: [:]) }
        guard case .object = body.json, ["DeleteOptions", nil].contains(body.json["kind"]?.string) else {
            throw .badRequest("the body of a deletion must be DeleteOptions")
        }
        // Checks the types of the members.
        let (checked, _) = try SchemaCatalog.decode(body.json, type: "DeleteOptions", validation: .ignore)
        return try QueryOptions.delete(query, body: checked)
    }
}
