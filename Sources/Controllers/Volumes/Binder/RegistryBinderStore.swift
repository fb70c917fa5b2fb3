import Objects
import Registry

/// The binder's effects on a Registry.
struct RegistryBinderStore: BinderStore {
    let registry: Registry
    private let recorder: EventRecorder

    init(_ registry: Registry) {
        self.registry = registry
        recorder = EventRecorder(registry)
    }

    func volume(_ name: String) throws(Status) -> Object? {
        try find(ObjectKey(.persistentVolumes, name: name))
    }

    func claim(_ key: ClaimKey) throws(Status) -> Object? {
        try find(ObjectKey(.persistentVolumeClaims, namespace: key.namespace, name: key.name))
    }

    func storageClass(_ name: String) throws(Status) -> Object? {
        try find(ObjectKey(.storageClasses, name: name))
    }

    func commit(_ decision: BindDecision) async throws(Status) -> [Object] {
        let changes =
            decision.writes.map { Change.update($0.resource, $0.object) }
            + decision.guards.map { Change.unchanged($0.resource, $0.object) }
        return try await registry.commit(changes, by: .controller("persistent-volume-binder"))
    }

    func record(_ event: VolumeEvent) {
        recorder.record(
            about: event.about, type: event.kind == .normal ? .normal : .warning, reason: event.reason,
            message: event.message, component: event.component)
    }

    private func find(_ key: ObjectKey) throws(Status) -> Object? {
        do {
            return try registry.get(key)
        } catch  where error.code == 404 {
            return nil
        }
    }
}

extension BindDecision.Write {
    var resource: ResourceName {
        switch self {
        case .volume: .persistentVolumes
        case .claim: .persistentVolumeClaims
        }
    }
}
