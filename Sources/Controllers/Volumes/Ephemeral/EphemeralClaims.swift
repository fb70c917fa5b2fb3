import Objects
import Registry

/// Makes the claims of generic ephemeral volumes. The claim is the pod's: the garbage collector takes it when the pod is
/// gone.
package final class EphemeralClaims: Sendable {
    private static let component = "ephemeral_volume"
    private static let byClaim = "ephemeral/claim"

    private let registry: Registry
    private let pods: Informer
    private let claims: Informer
    private let recorder: EventRecorder
    private let report: @Sendable (String) -> Void
    private let queue = WorkQueue<PodKey>()
    private let loop: ControllerLoop<PodKey>

    package init(_ informers: SharedInformers, report: @escaping @Sendable (String) -> Void) {
        let registry = informers.registry
        let pods = informers.informer(.pods)
        let recorder = EventRecorder(registry)
        self.registry = registry
        self.pods = pods
        self.recorder = recorder
        self.report = report
        claims = informers.informer(.persistentVolumeClaims)
        loop = ControllerLoop(queue: queue, workers: 4) { key in
            await Self.sync(key, registry, pods, recorder, report)
        }
        addHandlers()
    }

    package func start() { loop.start() }
    package func stop() async { await loop.stop() }

    private func addHandlers() {
        let (queue, pods) = (queue, pods)
        pods.addIndex(Self.byClaim) { pod in
            EphemeralClaimDecision.volumes(of: pod).map {
                ClaimKey(namespace: pod.namespace, name: EphemeralClaimDecision.claimName(pod, $0)).description
            }
        }
        pods.addHandler { _, new in
            guard let new, !EphemeralClaimDecision.volumes(of: new).isEmpty else { return }
            queue.add(PodKey(namespace: new.namespace, name: new.name))
        }
        claims.addHandler { old, new in
            // Somebody deleted a claim that a pod still needs.
            guard new == nil, let old else { return }
            let key = ClaimKey(namespace: old.namespace, name: old.name).description
            for pod in pods.indexed(by: Self.byClaim, value: key) {
                queue.add(PodKey(namespace: pod.namespace, name: pod.name))
            }
        }
    }

    private static func sync(
        _ key: PodKey, _ registry: Registry, _ pods: Informer, _ recorder: EventRecorder,
        _ report: @Sendable (String) -> Void
    ) async -> SyncOutcome {
        guard let pod = pods.get(namespace: key.namespace, name: key.name) else { return .done }
        for volume in EphemeralClaimDecision.volumes(of: pod) {
            do {
                try await make(volume, of: pod, registry)
            } catch {
                let message = "ephemeral volume \(volume["name"]?.string ?? ""): \(error.message)"
                recorder.record(
                    about: pod, type: .warning, reason: VolumeEventReason.failedBinding, message: message,
                    component: component)
                report("pod \(key.namespace)/\(key.name): \(message)")
                return .retry
            }
        }
        return .done
    }

    private static func make(_ volume: JSON, of pod: Object, _ registry: Registry) async throws(Status) {
        let name = EphemeralClaimDecision.claimName(pod, volume)
        let known = try registry.find(
            ObjectKey(.persistentVolumeClaims, namespace: pod.namespace, name: name))
        switch EphemeralClaimDecision.decide(pod, volume, claim: known) {
        case .nothing: return
        case .refuse(let why): throw Status(code: 409, reason: "Conflict", message: why)
        case .create(let claim):
            do {
                _ = try await registry.create(
                    claim, .persistentVolumeClaims, namespace: pod.namespace,
                    by: .controller("ephemeral-volume-controller"))
            } catch {
                throw Status(code: error.code, reason: error.reason, message: "create PVC \(name): \(error.message)")
            }
        }
    }
}
