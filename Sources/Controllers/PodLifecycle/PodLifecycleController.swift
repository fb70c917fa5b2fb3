import Objects
import Registry
import Synchronization

/// Ends the pods of nodes that went away or were restarted, so that their sets replace them at once
/// (upstream leaves them until somebody intervenes: kubernetes#74689).
package final class PodLifecycleController: Sendable {
    private static let user = User.controller("pod-garbage-collector")
    private static let byNode = "lifecycle.node"
    /// A pod may be seen before its node is: as long as upstream's quarantine of orphaned pods.
    private static let quarantine = Duration.seconds(40)

    private let registry: Registry
    private let pods: Informer
    private let nodes: Informer
    private let queue = WorkQueue<ObjectKey>()
    private let workers = ControllerWorkers<ObjectKey>()
    /// When nodes that were seen went, in seconds: the pods that they had need no quarantine.
    private let departed = Mutex<[String: Int64]>([:])

    package init(_ shared: SharedInformers) {
        registry = shared.registry
        pods = shared.informer(.pods)
        nodes = shared.informer(.nodes)
        pods.addIndex(Self.byNode) { $0["spec", "nodeName"]?.string.map { [$0] } ?? [] }
        pods.addHandler { [weak self] _, new in if let new { self?.add(new) } }
        nodes.addHandler { [weak self] old, new in self?.observe(old, new) }
    }

    private func observe(_ old: Object?, _ new: Object?) {
        guard let node = new ?? old else { return }
        let now = registry.options.clock().seconds
        departed.withLock { $0[node.name] = new == nil ? now : nil }
        guard new == nil || old.flatMap(BootRecord.current) != new.flatMap(BootRecord.current) else { return }
        for pod in pods.indexed(by: Self.byNode, value: node.name) { add(pod) }
    }

    private func add(_ pod: Object) {
        guard let name = pod["spec", "nodeName"]?.string, !name.isEmpty else { return }
        let key = ObjectKey(.pods, namespace: pod.namespace, name: pod.name)
        let isKnown = nodes.get(name: name) != nil || departed.withLock { $0[name] != nil }
        queue.add(key, after: isKnown ? .zero : Self.quarantine)
    }

    package func start() {
        workers.start(queue, count: 2) { [weak self] key in await self?.sync(key) ?? .done }
    }

    package func stop() async { await workers.stop() }

    /// Decides on what the store says: a pod is not to be ended because a cache is behind.
    func sync(_ key: ObjectKey) async -> SyncOutcome {
        do {
            guard let pod = try registry.find(key) else { return .done }
            let name = pod["spec", "nodeName"]?.string ?? ""
            let node = name.isEmpty ? nil : try registry.find(ObjectKey(.nodes, name: name))
            // An earlier pod of the name may have been what this is about.
            if node == nil, let rest = quarantine(of: pod, name) { return .again(after: rest) }
            try await carryOut(LostPodDecision.decide(pod, node: node), pod, key)
            return .done
        } catch {
            return error.reason == "NotFound" ? .done : .retry
        }
    }

    private func quarantine(of pod: Object, _ node: String) -> Duration? {
        guard let made = Timestamp(rfc3339: pod.creationTimestamp) else { return nil }
        if let left = departed.withLock({ $0[node] }), made.seconds <= left { return nil }
        let rest = Self.quarantine - .seconds(registry.options.clock().seconds - made.seconds)
        return rest > .zero ? rest : nil
    }

    private func carryOut(_ decision: LostPodDecision, _ pod: Object, _ key: ObjectKey) async throws(Status) {
        switch decision {
        case .nothing: break
        case .stamp(let boot):
            _ = try await registry.update(key, by: Self.user) { current throws(Status) in
                guard current.uid == pod.uid else { return current }
                var current = current
                current.setAnnotation(BootRecord.annotation, boot)
                return current
            }
        case .remove:
            let options = DeleteOptions(gracePeriodSeconds: 0, uid: pod.uid)
            _ = try await registry.delete(key, options: options, by: Self.user)
        case .fail(let reason, let message):
            try await fail(pod, key, reason, message)
            if reason == "NodeLost" { try await carryOut(.remove, pod, key) }
        }
    }

    private func fail(_ pod: Object, _ key: ObjectKey, _ reason: String, _ message: String) async throws(Status) {
        let now = registry.options.clock()
        _ = try await registry.update(key, subresource: .status, by: Self.user) { current throws(Status) in
            guard current.uid == pod.uid else { return current }
            var current = current
            current["status", "phase"] = "Failed"
            current["status", "reason"] = .string(reason)
            current["status", "message"] = .string(message)
            for type in ["Ready", "ContainersReady"] {
                current.setCondition(type, status: "False", reason: "PodFailed", now: now)
            }
            let target = reason == "NodeLost" ? "DeletionByPodGC" : reason
            current.setCondition("DisruptionTarget", status: "True", reason: target, message: message, now: now)
            return current
        }
    }
}
