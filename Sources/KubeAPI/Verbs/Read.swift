import NIOCore
import Objects
import Registry
import Transport

extension APIServer {
    func get(_ route: ResourceRoute, _ query: Query, _ call: Call) throws(Status) {
        let shape = try call.shape(transforms: true)
        guard shape.representation != .partialMetadataList else {
            throw .notAcceptable(["application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io"])
        }
        try checkVersion(query["resourceVersion"] ?? "")
        let stored = try registry.getStored(route.key)
        call.answer(try Rendering(route.kind, shape, query, clock: registry.options.clock).object(stored))
    }

    /// The newest object is new enough for any version that there has been.
    private func checkVersion(_ text: String) throws(Status) {
        if text.isEmpty || text == "0" { return }
        let wanted = try ResourceVersion.number(text)
        let current = registry.revision
        if wanted > current { throw .tooLargeResourceVersion(wanted, current: current) }
    }

    func list(_ route: ResourceRoute, _ query: Query, _ call: Call) throws(Status) {
        let shape = try call.shape(transforms: true)
        guard shape.representation != .partialMetadata else {
            throw .notAcceptable(["application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"])
        }
        let options = try QueryOptions.list(query)
        let rendering = try Rendering(route.kind, shape, query, clock: registry.options.clock)
        if ListStream.takes(shape, options) {
            let acceptsGzip = Compression.isAccepted(call.request.headers)
            try ListStream(registry, route, options, call.exchange, acceptsGzip: acceptsGzip).start()
            return call.count(200)
        }
        let list = try registry.listStored(
            route.resource, namespace: route.namespace.isEmpty ? nil : route.namespace, options: options)
        call.answer(try rendering.list(list))
    }
}
