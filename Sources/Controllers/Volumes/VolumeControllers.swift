package import Objects
package import Registry

/// The controllers of volumes and claims as one thing that starts and stops: the binder with its provisioning and
/// reclaim decisions, the protection finalizers, and the claims of ephemeral volumes.
///
/// Make all controllers of the daemon first, on the same `SharedInformers`, then start them: the first `start` fills
/// the caches.
package final class VolumeControllers: Sendable {
    package let binder: VolumeBinder
    private let informers: SharedInformers
    private let protection: ProtectionControllers
    private let ephemeral: EphemeralClaims

    package convenience init(registry: Registry, report: @escaping @Sendable (String) -> Void = { _ in }) {
        self.init(SharedInformers(registry), report: report)
    }

    /// `report` is told, in a sentence, what went wrong and will be tried again.
    package init(_ informers: SharedInformers, report: @escaping @Sendable (String) -> Void = { _ in }) {
        self.informers = informers
        binder = VolumeBinder(store: RegistryBinderStore(informers.registry), report: report)
        protection = ProtectionControllers(informers, report: report)
        ephemeral = EphemeralClaims(informers, report: report)
        feed(.persistentVolumes, BinderObservation.volume, BinderObservation.noVolume)
        feed(.persistentVolumeClaims, BinderObservation.claim, BinderObservation.noClaim)
        let defaultClass = informers.registry.options.defaultStorageClass
        feed(
            .storageClasses, { .storageClass(Self.marked($0, ifNamed: defaultClass)) },
            BinderObservation.noStorageClass)
        feed(.nodes, BinderObservation.node, BinderObservation.noNode)
        feed(.pods, BinderObservation.pod, BinderObservation.noPod)
    }

    package func start() throws(Status) {
        try informers.start()
        binder.start()
        protection.start()
        ephemeral.start()
    }

    /// Returns when what was under way has ended.
    package func stop() async {
        await binder.stop()
        await protection.stop()
        await ephemeral.stop()
        informers.stop()
    }

    /// `--default-storage-class` makes a class the default as its annotation would. Classes are only read here.
    private static func marked(_ storageClass: Object, ifNamed name: String?) -> Object {
        guard storageClass.name == name else { return storageClass }
        var marked = storageClass
        marked.setAnnotation(VolumeAnnotation.isDefaultClass, "true")
        return marked
    }

    private func feed(
        _ resource: ResourceName, _ present: @escaping @Sendable (Object) -> BinderObservation,
        _ absent: @escaping @Sendable (Object) -> BinderObservation
    ) {
        let binder = binder
        informers.informer(resource).addHandler { old, new in
            if let new { binder.observe(present(new)) } else if let old { binder.observe(absent(old)) }
        }
    }
}
