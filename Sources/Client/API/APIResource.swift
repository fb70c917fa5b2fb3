package import Objects

/// A resource as a client has to know it: where it is served and what it is called. Comes from the built-in schema
/// tables or from the server's discovery.
package struct APIResource: Sendable, Hashable {
    /// Empty for the core group.
    package var group: String
    package var version: String
    /// `persistentvolumeclaims`
    package var resource: String
    package var singular: String
    package var kind: String
    package var namespaced: Bool
    package var shortNames: [String]
    package var categories: [String]
    package var verbs: [String]

    package init(
        group: String, version: String, resource: String, kind: String, namespaced: Bool, singular: String? = nil,
        shortNames: [String] = [], categories: [String] = [], verbs: [String] = []
    ) {
        self.group = group
        self.version = version
        self.resource = resource
        self.singular = singular ?? kind.lowercased()
        self.kind = kind
        self.namespaced = namespaced
        self.shortNames = shortNames
        self.categories = categories
        self.verbs = verbs
    }

    package init(_ schema: KindSchema) {
        self.init(
            group: schema.group, version: schema.version, resource: schema.resource, kind: schema.kind,
            namespaced: schema.namespaced, singular: schema.singular, shortNames: schema.shortNames,
            categories: schema.categories)
    }

    package var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }

    /// `persistentvolumeclaim`, `statefulset.apps`: how kubectl names objects of it in its answers.
    package var qualifiedSingular: String { group.isEmpty ? singular : "\(singular).\(group)" }

    /// The path below the server's root. Without `name` it is a collection; without `namespace` that of all namespaces.
    package func path(namespace: String? = nil, name: String? = nil, subresource: String? = nil) -> String {
        var path = group.isEmpty ? "/api/\(version)" : "/apis/\(group)/\(version)"
        if namespaced, let namespace, !namespace.isEmpty {
            path += "/namespaces/" + PercentEncoding.pathSegment(namespace)
        }
        path += "/" + resource
        if let name { path += "/" + PercentEncoding.pathSegment(name) }
        if let subresource { path += "/" + subresource }
        return path
    }
}
