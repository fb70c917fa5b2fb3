import Objects
import Registry

/// Keeps claims that pods use and volumes that are bound from vanishing: adds and removes their protection finalizers.
package final class ProtectionControllers: Sendable {
    private let registry: Registry
    private let claims: Informer
    private let volumes: Informer
    private let pods: Informer
    private let snapshot: PodSnapshot
    private let report: @Sendable (String) -> Void
    private let claimLoop: ControllerLoop<ClaimKey>
    private let volumeLoop: ControllerLoop<String>
    private static let podsByClaim = "protection/claim"

    package init(_ informers: SharedInformers, report: @escaping @Sendable (String) -> Void) {
        let registry = informers.registry
        let claims = informers.informer(.persistentVolumeClaims)
        let volumes = informers.informer(.persistentVolumes)
        let pods = informers.informer(.pods)
        let snapshot = PodSnapshot(registry)
        self.registry = registry
        self.claims = claims
        self.volumes = volumes
        self.pods = pods
        self.snapshot = snapshot
        self.report = report
        claimLoop = ControllerLoop(workers: 4) { key in
            await Self.sync(key, registry, claims, pods, snapshot, report)
        }
        volumeLoop = ControllerLoop(workers: 4) { name in await Self.sync(name, registry, volumes, report) }
        addHandlers()
    }

    package func start() {
        claimLoop.start()
        volumeLoop.start()
    }

    package func stop() async {
        await claimLoop.stop()
        await volumeLoop.stop()
    }

    private func addHandlers() {
        let claimQueue = claimLoop.queue
        let volumeQueue = volumeLoop.queue
        pods.addIndex(Self.podsByClaim) { pod in PodUse(pod).claims.map(\.description) }
        claims.addHandler { _, new in
            guard let new, ProtectionDecision.decide(claim: new, isUsed: false) != .nothing else { return }
            claimQueue.add(ClaimKey(namespace: new.namespace, name: new.name))
        }
        volumes.addHandler { _, new in
            guard let new, ProtectionDecision.decide(volume: new) != .nothing else { return }
            volumeQueue.add(new.name)
        }
        let claims = claims
        pods.addHandler { old, new in
            // A pod that is gone, is done, or lost its node may have been the last user of its claims.
            for key in Set([old, new].compactMap { $0 }.flatMap { PodUse($0).claims })
            where claims.get(namespace: key.namespace, name: key.name)?.isBeingDeleted == true {
                claimQueue.add(key)
            }
        }
    }

    private static func sync(
        _ key: ClaimKey, _ registry: Registry, _ claims: Informer, _ pods: Informer, _ snapshot: PodSnapshot,
        _ report: @Sendable (String) -> Void
    ) async -> SyncOutcome {
        guard let claim = claims.get(namespace: key.namespace, name: key.name) else { return .done }
        let known = pods.indexed(by: podsByClaim, value: key.description)
        do {
            var decision = ProtectionDecision.decide(claim: claim, isUsed: known.contains { ClaimUse.uses($0, claim) })
            if decision == .remove, try snapshot.isUsed(claim) { decision = .nothing }
            try await apply(
                decision, to: claim, ObjectKey(.persistentVolumeClaims, namespace: key.namespace, name: key.name),
                VolumeFinalizer.claimProtection, registry, "pvc-protection-controller")
            return .done
        } catch {
            return failed(error, claim, report)
        }
    }

    private static func sync(
        _ name: String, _ registry: Registry, _ volumes: Informer, _ report: @Sendable (String) -> Void
    ) async -> SyncOutcome {
        guard let volume = volumes.get(name: name) else { return .done }
        do {
            try await apply(
                ProtectionDecision.decide(volume: volume), to: volume, ObjectKey(.persistentVolumes, name: name),
                VolumeFinalizer.volumeProtection, registry, "pv-protection-controller")
            return .done
        } catch {
            return failed(error, volume, report)
        }
    }

    /// The write stands on the version that was decided about: if it has changed, the change decides again.
    private static func apply(
        _ decision: ProtectionDecision, to object: Object, _ key: ObjectKey, _ finalizer: String,
        _ registry: Registry, _ controller: String
    ) async throws(Status) {
        guard decision != .nothing else { return }
        let changed = decision.applied(to: object, finalizer: finalizer)
        _ = try await registry.update(key, by: .controller(controller)) { _ throws(Status) in changed }
    }

    private static func failed(
        _ error: Status, _ object: Object, _ report: @Sendable (String) -> Void
    ) -> SyncOutcome {
        if error.code == 404 { return .done }
        if error.code != 409 { report("protection of \(object.kind) \(object.name): \(error.message)") }
        return .retry
    }
}
