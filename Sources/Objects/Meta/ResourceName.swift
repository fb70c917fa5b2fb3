/// A resource as the API names it: plural and group, without version (`statefulsets` in `apps`).
package struct ResourceName: Hashable, Sendable, CustomStringConvertible {
    /// Empty for the core group.
    package var group: String
    package var resource: String

    package init(_ resource: String, group: String = "") {
        self.group = group
        self.resource = resource
    }

    /// `persistentvolumes`, `statefulsets.apps`: the form that messages use.
    package var description: String { group.isEmpty ? resource : "\(resource).\(group)" }
}

extension ResourceName {
    package static let pods = ResourceName("pods")
    package static let persistentVolumes = ResourceName("persistentvolumes")
    package static let persistentVolumeClaims = ResourceName("persistentvolumeclaims")
    package static let services = ResourceName("services")
    package static let endpoints = ResourceName("endpoints")
    package static let namespaces = ResourceName("namespaces")
    package static let nodes = ResourceName("nodes")
    package static let events = ResourceName("events")
    package static let configMaps = ResourceName("configmaps")
    package static let secrets = ResourceName("secrets")
    package static let serviceAccounts = ResourceName("serviceaccounts")
    package static let statefulSets = ResourceName("statefulsets", group: "apps")
    package static let controllerRevisions = ResourceName("controllerrevisions", group: "apps")
    package static let storageClasses = ResourceName("storageclasses", group: "storage.k8s.io")
    package static let csiDrivers = ResourceName("csidrivers", group: "storage.k8s.io")
    package static let csiNodes = ResourceName("csinodes", group: "storage.k8s.io")
    package static let volumeAttachments = ResourceName("volumeattachments", group: "storage.k8s.io")
    package static let endpointSlices = ResourceName("endpointslices", group: "discovery.k8s.io")
    package static let leases = ResourceName("leases", group: "coordination.k8s.io")
    package static let podDisruptionBudgets = ResourceName("poddisruptionbudgets", group: "policy")
}
