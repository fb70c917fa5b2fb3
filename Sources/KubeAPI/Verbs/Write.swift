import Objects
import Registry
import Transport

extension APIServer {
    func create(_ route: ResourceRoute, _ query: Query, _ call: Call) throws(Status) {
        let options = try QueryOptions.write(query, "CreateOptions")
        let rendering = try Rendering(
            route.kind, try call.shape(transforms: true), query, clock: registry.options.clock)
        let body = try TypedBody.decode(
            call.request, as: route.kind, registry.catalog, validation: options.fieldValidation)
        let (registry, user) = (registry, call.user)
        call.perform(warnings: body.warnings) { () async throws(Status) in
            let created = try await registry.create(
                body.object, route.resource, namespace: route.namespace, options: options, by: user)
            var response = rendering.object(created, status: 201)
            response.addWarnings(body.warnings + Warnings.of(created, route.kind, isNew: true))
            return response
        }
    }

    func replace(_ route: ResourceRoute, _ query: Query, _ call: Call) throws(Status) {
        let options = try QueryOptions.write(query, "UpdateOptions")
        let rendering = try Rendering(
            route.kind, try call.shape(transforms: true), query, clock: registry.options.clock)
        let body = try TypedBody.decode(
            call.request, as: route.kind, registry.catalog, validation: options.fieldValidation)
        try body.checkName(route.name, namespace: route.namespace)
        let subresource = route.subresource.isEmpty ? nil : Subresource(rawValue: route.subresource)
        let (registry, user, object) = (registry, call.user, body.object)
        call.perform(warnings: body.warnings) { () async throws(Status) in
            var status = 200
            var result: Object
            do throws(Status) {
                result = try await registry.update(route.key, subresource: subresource, options: options, by: user) {
                    _ in object
                }
            } catch {
                guard error.code == 404, subresource == nil, registry.createsOnUpdate(route.resource) else {
                    throw error
                }
                guard object.uid.isEmpty else {
                    throw .conflict(
                        route.resource, route.name,
                        because: "Precondition failed: UID in precondition: \(object.uid), UID in object meta: ")
                }
                var new = object
                new.resourceVersion = ""
                result = try await registry.create(
                    new, route.resource, namespace: route.namespace, options: options, by: user)
                status = 201
            }
            var response = rendering.object(result, status: status)
            response.addWarnings(body.warnings)
            if subresource == nil { response.addWarnings(Warnings.of(result, route.kind, isNew: status == 201)) }
            return response
        }
    }

    func patch(_ route: ResourceRoute, _ query: Query, _ call: Call) throws(Status) {
        let kind = try PatchBody.kind(call.request)
        let options = try QueryOptions.write(query, "PatchOptions", isApply: kind == .apply)
        let rendering = try Rendering(
            route.kind, try call.shape(transforms: true), query, clock: registry.options.clock)
        let (body, warnings) = try PatchBody.checked(call.request, kind, options.fieldValidation)
        let subresource = route.subresource.isEmpty ? nil : Subresource(rawValue: route.subresource)
        let (registry, user) = (registry, call.user)
        call.perform { () async throws(Status) in
            let outcome = try await registry.patch(
                route.key, kind, body, subresource: subresource, options: options, by: user)
            var response = rendering.object(outcome.object, status: outcome.created ? 201 : 200)
            response.addWarnings(warnings + outcome.warnings)
            if subresource == nil {
                response.addWarnings(Warnings.of(outcome.object, route.kind, isNew: outcome.created))
            }
            return response
        }
    }
}
