import Objects
import Registry
import Transport

extension APIServer {
    /// Requests for what is stored.
    func serve(_ route: ResourceRoute, _ query: Query, _ call: Call) throws(Status) {
        if !route.subresource.isEmpty { return try serveSubresource(route, query, call) }
        let method = call.request.method
        if route.name.isEmpty {
            switch method {
            case "GET" where route.isWatch || query.flag("watch"): try watch(route, query, call)
            case "GET": try list(route, query, call)
            case "POST" where !route.isAcrossNamespaces: try create(route, query, call)
            case "DELETE" where !route.isAcrossNamespaces && route.resource != .namespaces:
                try deleteCollection(route, query, call)
            default: throw .methodNotAllowed()
            }
        } else {
            switch method {
            case "GET" where route.isWatch: try watch(route, query, call)
            case "GET": try get(route, query, call)
            case "PUT": try replace(route, query, call)
            case "PATCH": try patch(route, query, call)
            case "DELETE": try delete(route, query, call)
            default: throw .methodNotAllowed()
            }
        }
    }

    private func serveSubresource(_ route: ResourceRoute, _ query: Query, _ call: Call) throws(Status) {
        if Subresources.isOnNode(route.subresource) { return try proxyToNode(route, query, call) }
        switch (route.subresource, call.request.method) {
        case ("scale", "GET"): try getScale(route, call)
        case ("scale", "PUT"), ("scale", "PATCH"): try changeScale(route, query, call)
        case ("eviction", "POST"): try evict(route, query, call)
        case ("binding", "POST"): try bind(route, query, call)
        case ("token", "POST"): try requestToken(route, query, call)
        case ("eviction", _), ("binding", _), ("token", _), ("scale", _): throw .methodNotAllowed()
        case (_, "GET") where route.subresource != "finalize": try get(route, query, call)
        case (_, "PUT"): try replace(route, query, call)
        case (_, "PATCH") where route.subresource != "finalize": try patch(route, query, call)
        default: throw .methodNotAllowed()
        }
    }
}

extension Status {
    /// 405
    static func methodNotAllowed() -> Status {
        Status(
            code: 405, reason: "MethodNotAllowed",
            message: "the server does not allow this method on the requested resource")
    }

    /// 501: part of the API that is left out on purpose.
    static func unsupported(_ what: String) -> Status {
        Status(code: 501, reason: "NotImplemented", message: "\(what) by this server")
    }
}
