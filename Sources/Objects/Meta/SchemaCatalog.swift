/// The kinds that the API serves. Lookups are constant time; the catalogue never changes while the process runs.
package struct SchemaCatalog: Sendable {
    package static let builtin = SchemaCatalog(kinds: BuiltinKinds.all)

    /// In discovery's order. Several kinds may serve one stored resource (events.k8s.io and core events).
    package let kinds: [KindSchema]
    private let byResource: [ResourceName: Int]
    private let byKind: [String: Int]

    package init(kinds: [KindSchema]) {
        self.kinds = kinds
        var resources: [ResourceName: Int] = [:]
        var names: [String: Int] = [:]
        for (index, kind) in kinds.enumerated() {
            resources[ResourceName(kind.resource, group: kind.group)] = index
            names[kind.apiVersion + "/" + kind.kind] = index
        }
        byResource = resources
        byKind = names
    }

    package func kind(for resource: ResourceName) -> KindSchema? { byResource[resource].map { kinds[$0] } }

    package func kind(group: String, version: String, resource: String) -> KindSchema? {
        guard let found = kind(for: ResourceName(resource, group: group)), found.version == version else { return nil }
        return found
    }

    /// `kind(apiVersion: "apps/v1", kind: "StatefulSet")`
    package func kind(apiVersion: String, kind: String) -> KindSchema? {
        byKind[apiVersion + "/" + kind].map { kinds[$0] }
    }
}

extension KindSchema {
    package var resourceName: ResourceName { ResourceName(resource, group: group) }
}
