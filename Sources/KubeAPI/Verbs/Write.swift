import Objects
import Registry
import Transport

extension APIServer {
    func create(_ route: ResourceRoute, _ query: Query, _ call: Call) throws(Status) {
        let options = try QueryOptions.write(query, "CreateOptions")
        let rendering = try Rendering(route.kind, try call.shape(transforms: true), query, clock: registry.options.clock)
        let body = try TypedBody.decode(
            call.request, expected: [(route.kind.apiVersion, route.kind.kind)], validation: options.fieldValidation)
        let (registry, user) = (registry, call.user)
        call.perform { () async throws(Status) in
            let created = try await registry.create(
                body.object, route.resource, namespace: route.namespace, options: options, by: user)
            var response = rendering.object(created, status: 201)
            response.addWarnings(body.warnings)
            return response
        }
    }

    func replace(_ route: ResourceRoute, _ query: Query, _ call: Call) throws(Status) {
        let options = try QueryOptions.write(query, "UpdateOptions")
        let rendering = try Rendering(route.kind, try call.shape(transforms: true), query, clock: registry.options.clock)
        let body = try TypedBody.decode(
            call.request, expected: [(route.kind.apiVersion, route.kind.kind)], validation: options.fieldValidation)
        let object = try Self.placed(body.object, route)
        let subresource = route.subresource.isEmpty ? nil : Subresource(rawValue: route.subresource)
        let (registry, user) = (registry, call.user)
        call.perform { () async throws(Status) in
            var status = 200
            var result: Object
            do throws(Status) {
                result = try await registry.update(route.key, subresource: subresource, options: options, by: user) {
                    (present) throws(Status) in
                    try Self.checkUID(object, present, route)
                    return object
                }
            } catch {
                guard error.code == 404, subresource == nil, Self.createsOnUpdate.contains(route.resource),
                    object.resourceVersion.isEmpty
                else { throw error }
                result = try await registry.create(
                    object, route.resource, namespace: route.namespace, options: options, by: user)
                status = 201
            }
            var response = rendering.object(result, status: status)
            response.addWarnings(body.warnings)
            return response
        }
    }

    /// Kinds of which a PUT makes a missing object (upstream's AllowCreateOnUpdate).
    private static let createsOnUpdate: Set<ResourceName> = [.endpoints, .events, .leases, .services]

    /// The body's name and namespace must be those of the path; missing ones are filled in.
    static func placed(_ given: Object, _ route: ResourceRoute) throws(Status) -> Object {
        var object = given
        guard object.name.isEmpty || object.name == route.name else {
            throw .badRequest(
                "the name of the object (\(object.name)) does not match the name on the URL (\(route.name))")
        }
        guard object.namespace.isEmpty || object.namespace == route.namespace else {
            throw .badRequest(
                "the namespace of the object (\(object.namespace)) does not match the namespace on the URL (\(route.namespace))")
        }
        object.name = route.name
        object.namespace = route.namespace
        return object
    }

    /// A body with the uid of an earlier object of this name must not change the present one.
    static func checkUID(_ object: Object, _ present: Object, _ route: ResourceRoute) throws(Status) {
        guard object.uid.isEmpty || object.uid == present.uid else {
            throw .conflict(
                route.resource, route.name,
                because: "Precondition failed: UID in precondition: \(object.uid), UID in object meta: \(present.uid)")
        }
    }

    func patch(_ route: ResourceRoute, _ query: Query, _ call: Call) throws(Status) {
        let kind = try PatchBody.kind(call.request)
        let options = try QueryOptions.write(query, "PatchOptions", isApply: kind == .apply)
        let rendering = try Rendering(route.kind, try call.shape(transforms: true), query, clock: registry.options.clock)
        let body = try PatchBody.bytes(call.request, kind)
        let subresource = route.subresource.isEmpty ? nil : Subresource(rawValue: route.subresource)
        let (registry, user) = (registry, call.user)
        call.perform { () async throws(Status) in
            let outcome = try await registry.patch(
                route.key, kind, body, subresource: subresource, options: options, by: user)
            var response = rendering.object(outcome.object, status: outcome.created ? 201 : 200)
            response.addWarnings(outcome.warnings)
            return response
        }
    }
}
