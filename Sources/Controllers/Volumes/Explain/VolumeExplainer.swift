package import Objects
package import Registry

/// Answers `berth why` out of what is stored now, not out of the binder's cache: what was just applied counts.
package struct VolumeExplainer: Sendable {
    private let registry: Registry

    package init(_ registry: Registry) { self.registry = registry }

    /// - Parameter kind: `pvc`, `pv` or `pod`
    /// - Throws: 404 for an object that does not exist and for other kinds
    package func explain(_ kind: String, namespace: String, name: String) throws(Status) -> Explanation {
        let view = try view(namespace: kind == "pv" ? nil : namespace)
        switch kind {
        case "pvc":
            guard let claim = view.claim(ClaimKey(namespace: namespace, name: name)) else {
                throw .notFound(.persistentVolumeClaims, name)
            }
            return ClaimExplanation(claim, view).explanation
        case "pv":
            guard let volume = view.volumes[name] else { throw .notFound(.persistentVolumes, name) }
            return Explanation(volume, view)
        case "pod":
            guard let pod = try registry.find(ObjectKey(.pods, namespace: namespace, name: name)) else {
                throw .notFound(.pods, name)
            }
            return Explanation(pod: pod, view, nodes: try registry.list(.nodes).items)
        default:
            throw .badRequest("\(kind) cannot be explained: use pvc, pv or pod")
        }
    }

    /// nil: of all namespaces.
    private func view(namespace: String?) throws(Status) -> BinderView {
        var view = BinderView()
        for object in try registry.list(.persistentVolumes).items { view.put(PersistentVolume(object)) }
        for object in try registry.list(.persistentVolumeClaims, namespace: namespace).items {
            view.put(PersistentVolumeClaim(object))
        }
        for object in try registry.list(.storageClasses).items {
            view.put(StorageClass(object, isConfiguredDefault: object.name == registry.options.defaultStorageClass))
        }
        for object in try registry.list(.pods, namespace: namespace).items { view.put(PodUse(object)) }
        return view
    }
}
