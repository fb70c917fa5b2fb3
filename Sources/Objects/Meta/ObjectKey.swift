/// Which object: its resource, its namespace (empty for cluster-scoped kinds) and its name.
package struct ObjectKey: Hashable, Sendable, CustomStringConvertible {
    package var resource: ResourceName
    package var namespace: String
    package var name: String

    package init(_ resource: ResourceName, namespace: String = "", name: String) {
        self.resource = resource
        self.namespace = namespace
        self.name = name
    }

    /// `pods default/web-0`, `persistentvolumes pv-1`
    package var description: String {
        namespace.isEmpty ? "\(resource) \(name)" : "\(resource) \(namespace)/\(name)"
    }
}
