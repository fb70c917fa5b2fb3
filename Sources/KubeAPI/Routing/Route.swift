import Objects

/// What a path means.
enum Route: Sendable {
    case resource(ResourceRoute)
    /// Resources that are answered and not stored: reviews.
    case review(Review, namespace: String)
    case version
    case health(HealthRoute)
    case metrics
    /// `/berth/v1/snapshot`
    case snapshot
    /// `/`: the paths that there are.
    case root
    /// `/api`
    case legacyVersions
    /// `/apis`
    case groups
    /// `/apis/GROUP`
    case group(String)
    /// `/api/v1`, `/apis/GROUP/VERSION`
    case resources(group: String, version: String)
    /// `/openapi/v3`
    case openAPIIndex
    /// `/openapi/v3/apis/GROUP/VERSION`
    case openAPI(group: String, version: String)
    /// `/openapi/v2`
    case openAPIv2
    /// `/berth/v1/...`: what Kubernetes has no words for; the parts after it.
    case berth([String])
    /// `/berth/v1/history/PATH`: what became of the object at PATH
    case history(ResourceRoute)
    /// `/berth/v1/credentials`
    case credentials
    case unknown
}

extension Route {
    /// The one spelling of a path that leads here; nil: nothing is here.
    var canonicalPath: String? {
        if case .unknown = self { return nil }
        return "/" + parts.map { PercentEncoding.encode(pathPart: $0) }.joined(separator: "/")
    }

    private var parts: [String] {
        switch self {
        case .resource(let route): route.parts
        case .review(let review, let namespace): review.parts(namespace)
        case .version: ["version"]
        case .health(let route) where route.check.isEmpty: [route.endpoint.rawValue]
        case .health(let route): [route.endpoint.rawValue, route.check]
        case .metrics: ["metrics"]
        case .snapshot: ["berth", "v1", "snapshot"]
        case .legacyVersions: ["api"]
        case .groups: ["apis"]
        case .group(let group): ["apis", group]
        case .resources(let group, let version): ResourceRoute.base(group, version)
        case .openAPIIndex: ["openapi", "v3"]
        case .openAPI(let group, let version): ["openapi", "v3"] + ResourceRoute.base(group, version)
        case .openAPIv2: ["openapi", "v2"]
        case .berth(let rest): ["berth", "v1"] + rest
        case .history(let route): ["berth", "v1", "history"] + route.parts
        case .credentials: ["berth", "v1", "credentials"]
        case .root, .unknown: []
        }
    }
}

extension Review {
    fileprivate func parts(_ namespace: String) -> [String] {
        let base = ResourceRoute.base(group, "v1")
        return namespace.isEmpty ? base + [rawValue] : base + ["namespaces", namespace, rawValue]
    }
}

/// A collection, an object, or a part of one.
struct ResourceRoute: Sendable {
    var kind: KindSchema
    /// Empty: cluster-scoped, or all namespaces.
    var namespace = ""
    /// Empty: the collection.
    var name = ""
    /// `status`; empty: the object itself.
    var subresource = ""
    /// The path was one of the deprecated `/api/v1/watch/...`.
    var isWatch = false

    var resource: ResourceName { kind.resourceName }
    var key: ObjectKey { ObjectKey(resource, namespace: namespace, name: name) }
    /// `pods`, `pods/log`
    var resourceAndSubresource: String { subresource.isEmpty ? kind.resource : "\(kind.resource)/\(subresource)" }
    /// A collection of a namespaced kind over all namespaces: nothing can be created or deleted there.
    var isAcrossNamespaces: Bool { kind.namespaced && namespace.isEmpty }

    fileprivate var parts: [String] {
        var parts = Self.base(kind.group, kind.version)
        if isWatch { parts.append("watch") }
        if !namespace.isEmpty { parts += ["namespaces", namespace] }
        parts.append(kind.resource)
        if !name.isEmpty { parts.append(name) }
        if !subresource.isEmpty { parts.append(subresource) }
        return parts
    }

    fileprivate static func base(_ group: String, _ version: String) -> [String] {
        group.isEmpty ? ["api", version] : ["apis", group, version]
    }
}

/// `/livez`, `/readyz/store`
struct HealthRoute: Sendable {
    enum Endpoint: String, Sendable { case livez, readyz, healthz }
    var endpoint: Endpoint
    /// Empty: all of them.
    var check: String
}
