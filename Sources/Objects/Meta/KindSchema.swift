/// What the API says about a kind: where it is served, where it is stored, what else it can do. Its fields are in the
/// schema table that `root` names.
package struct KindSchema: Sendable, Hashable {
    /// Empty for the core group.
    package var group: String
    package var version: String
    package var kind: String
    /// `persistentvolumeclaims`
    package var resource: String
    package var singular: String
    package var shortNames: [String]
    package var categories: [String]
    package var namespaced: Bool
    /// Below `/registry/`: `persistentvolumeclaims`, `services/specs`, `minions`.
    package var storagePath: String
    package var hasStatus: Bool
    package var hasScale: Bool
    /// The name of the schema table of the whole object: `PersistentVolumeClaim`.
    package var root: String

    package init(
        group: String, version: String, kind: String, resource: String, shortNames: [String] = [],
        categories: [String] = [], namespaced: Bool = true, storagePath: String? = nil, hasStatus: Bool = false,
        hasScale: Bool = false, root: String? = nil
    ) {
        self.group = group
        self.version = version
        self.kind = kind
        self.resource = resource
        self.singular = kind.lowercased()
        self.shortNames = shortNames
        self.categories = categories
        self.namespaced = namespaced
        self.storagePath = storagePath ?? resource
        self.hasStatus = hasStatus
        self.hasScale = hasScale
        self.root = root ?? kind
    }

    /// `v1`, `apps/v1`
    package var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }
}
