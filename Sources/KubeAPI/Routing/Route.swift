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
}

/// `/livez`, `/readyz/store`
struct HealthRoute: Sendable {
    enum Endpoint: String, Sendable { case livez, readyz, healthz }
    var endpoint: Endpoint
    /// Empty: all of them.
    var check: String
}
