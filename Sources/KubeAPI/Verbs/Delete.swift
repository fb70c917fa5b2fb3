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
        let shape = try call.shape()
        let (registry, user) = (registry, call.user)
        call.perform { () async throws(Status) in
            let list = try await registry.deleteCollection(
                route.resource, namespace: route.namespace.isEmpty ? nil : route.namespace, selecting: selection,
                options: options, by: user)
            let items = list.items.map { object -> JSON in
                var json = object.json
                json["kind"] = nil
                json["apiVersion"] = nil
                return json
            }
            return Answers.json(
                [
                    "kind": .string(route.kind.kind + "List"), "apiVersion": .string(route.kind.apiVersion),
                    "metadata": ["resourceVersion": .string(String(list.revision))], "items": .array(items),
                ], shape)
        }
    }

    private func deleteOptions(_ query: Query, _ call: Call) throws(Status) -> DeleteOptions {
        guard call.request.body.readableBytes > 0 else { return try QueryOptions.delete(query, body: nil) }
        let body = try RequestBody.decode(call.request)
        guard case .object = body.json, ["DeleteOptions", nil].contains(body.json["kind"]?.string) else {
            throw .badRequest("the body of a deletion must be DeleteOptions")
        }
        return try QueryOptions.delete(query, body: body.json)
    }
}
