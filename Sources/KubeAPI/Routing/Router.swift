import Objects

/// Maps paths to routes (https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-uris).
struct Router: Sendable {
    let catalog: SchemaCatalog

    func route(_ path: some StringProtocol) -> Route {
        var parts: [String] = []
        for part in path.split(separator: "/") {
            guard let decoded = PercentEncoding.decode(part) else { return .unknown }
            parts.append(decoded)
        }
        return route(parts)
    }

    private func route(_ parts: [String]) -> Route {
        guard let first = parts.first else { return .root }
        let rest = parts.dropFirst()
        switch first {
        case "api": return legacy(rest)
        case "apis": return grouped(rest)
        case "openapi": return openAPI(Array(rest))
        case "berth": return own(Array(rest))
        case "version": return rest.isEmpty ? .version : .unknown
        case "metrics": return rest.isEmpty ? .metrics : .unknown
        default: return health(first, Array(rest))
        }
    }

    private func health(_ name: String, _ rest: [String]) -> Route {
        guard let endpoint = HealthRoute.Endpoint(rawValue: name), rest.count < 2 else { return .unknown }
        return .health(HealthRoute(endpoint: endpoint, check: rest.first ?? ""))
    }

    /// What Kubernetes' API does not have: `/berth/v1/...`.
    private func own(_ parts: [String]) -> Route {
        guard parts.first == "v1" else { return .unknown }
        let rest = Array(parts.dropFirst())
        return switch rest.first {
        case "credentials" where rest.count == 1: .credentials
        case "snapshot" where rest.count == 1: .snapshot
        case "history": history(Array(rest.dropFirst()))
        default: .berth(rest)
        }
    }

    private func history(_ parts: [String]) -> Route {
        guard let first = parts.first, ["api", "apis"].contains(first),
            case .resource(let object) = route(parts), !object.name.isEmpty, object.subresource.isEmpty, !object.isWatch
        else { return .unknown }
        return .history(object)
    }

    private func openAPI(_ parts: [String]) -> Route {
        switch parts {
        case ["v2"]: .openAPIv2
        case ["v3"]: .openAPIIndex
        case ["v3", "api", "v1"]: .openAPI(group: "", version: "v1")
        case _ where parts.count == 4 && parts[0] == "v3" && parts[1] == "apis":
            .openAPI(group: parts[2], version: parts[3])
        default: .unknown
        }
    }

    private func legacy(_ parts: ArraySlice<String>) -> Route {
        guard let version = parts.first else { return .legacyVersions }
        guard version == "v1" else { return .unknown }
        return resource(group: "", version: version, Array(parts.dropFirst()))
    }

    private func grouped(_ parts: ArraySlice<String>) -> Route {
        guard let group = parts.first else { return .groups }
        guard let version = parts.dropFirst().first else { return .group(group) }
        return resource(group: group, version: version, Array(parts.dropFirst(2)))
    }

    private func resource(group: String, version: String, _ parts: [String]) -> Route {
        guard let first = parts.first else { return .resources(group: group, version: version) }
        if first == "watch",
            case .resource(var route) = resource(group: group, version: version, Array(parts.dropFirst()))
        {
            route.isWatch = true
            return .resource(route)
        }
        // namespaces/NAME and namespaces/NAME/status are the Namespace; what goes on further is inside it.
        if first == "namespaces", parts.count > 2, !(group.isEmpty && ["status", "finalize"].contains(parts[2])) {
            return namespaced(group: group, version: version, parts[1], Array(parts.dropFirst(2)))
        }
        if let review = Review(group: group, version: version, resource: first), !review.isNamespaced {
            return parts.count == 1 ? .review(review, namespace: "") : .unknown
        }
        guard let kind = catalog.kind(group: group, version: version, resource: first) else { return .unknown }
        if kind.namespaced { return parts.count == 1 ? .resource(ResourceRoute(kind: kind)) : .unknown }
        return object(ResourceRoute(kind: kind), Array(parts.dropFirst()))
    }

    private func namespaced(group: String, version: String, _ namespace: String, _ parts: [String]) -> Route {
        if let review = Review(group: group, version: version, resource: parts[0]), review.isNamespaced {
            return parts.count == 1 ? .review(review, namespace: namespace) : .unknown
        }
        guard let kind = catalog.kind(group: group, version: version, resource: parts[0]), kind.namespaced else {
            return .unknown
        }
        return object(ResourceRoute(kind: kind, namespace: namespace), Array(parts.dropFirst()))
    }

    private func object(_ route: ResourceRoute, _ parts: [String]) -> Route {
        guard parts.count <= 2 else { return .unknown }
        var route = route
        route.name = parts.first ?? ""
        route.subresource = parts.count == 2 ? parts[1] : ""
        guard route.subresource.isEmpty || Subresources.of(route.kind).contains(route.subresource) else {
            return .unknown
        }
        return .resource(route)
    }
}

/// The parts of objects that have paths of their own.
enum Subresources {
    static func of(_ kind: KindSchema) -> [String] {
        let own: [String] =
            switch (kind.group, kind.resource) {
            case ("", "pods"):
                ["attach", "binding", "ephemeralcontainers", "eviction", "exec", "log", "portforward", "resize"]
            case ("", "namespaces"): ["finalize"]
            case ("", "serviceaccounts"): ["token"]
            default: []
            }
        return own + (kind.hasScale ? ["scale"] : []) + (kind.hasStatus ? ["status"] : [])
    }

    /// Served by the node agent.
    static func isOnNode(_ name: String) -> Bool { ["attach", "exec", "log", "portforward"].contains(name) }
}
