import Objects
import Registry
import Synchronization

/// Binds pods to the machine's node. While there is no Node object it writes nothing at all, as in a cluster without
/// kube-scheduler; with one it writes what kube-scheduler writes.
package final class Scheduler: Sendable {
    static let component = "default-scheduler"
    private static let user = User(name: "system:kube-scheduler", userAgent: "berth-scheduler")
    private static let unscheduled = "scheduler.unscheduled"
    private static let byNode = "scheduler.node"
    private static let byClaim = "scheduler.claim"
    private static let withAffinity = "scheduler.affinity"

    private let registry: Registry
    private let events: EventRecorder
    /// Binds, or has made, the volumes of claims that waited for the pod's node.
    private let binder: VolumeBinder
    private let pods: Informer
    private let nodes: Informer
    private let claims: Informer
    private let volumes: Informer
    private let classes: Informer
    private let queue = WorkQueue<ObjectKey>()
    private let workers = ControllerWorkers<ObjectKey>()
    /// The cache of pods must have seen this before the next decision, or two pods would get the same resources.
    private let bound = Mutex<Int64>(0)
    private let placed = PlacedPods()

    package init(_ shared: SharedInformers, binder: VolumeBinder) {
        self.binder = binder
        registry = shared.registry
        events = EventRecorder(registry)
        pods = shared.informer(.pods)
        nodes = shared.informer(.nodes)
        claims = shared.informer(.persistentVolumeClaims)
        volumes = shared.informer(.persistentVolumes)
        classes = shared.informer(.storageClasses)
        pods.addIndex(Self.unscheduled) { Self.isWaiting($0) ? [""] : [] }
        pods.addIndex(Self.byNode) { $0["spec", "nodeName"]?.string.map { [$0] } ?? [] }
        pods.addIndex(Self.byClaim) { pod in
            Self.isWaiting(pod) ? SchedulingClaims.claimNames(pod).map { "\(pod.namespace)/\($0)" } : []
        }
        pods.addIndex(Self.withAffinity) { Self.isWaiting($0) && SchedulingHints.dependsOnPods($0) ? [""] : [] }
        addHandlers()
    }

    private func addHandlers() {
        pods.addHandler { [weak self] old, new in self?.observe(old, new) }
        nodes.addHandler { [weak self] old, new in
            self?.placed.change()
            if SchedulingHints.isNews(node: old, new) { self?.retryAll() }
        }
        claims.addHandler { [weak self] old, new in
            if let claim = new ?? old { self?.retryUsers(of: claim.namespace, claim.name) }
        }
        volumes.addHandler { [weak self] old, new in
            guard let volume = new ?? old else { return }
            if let claim = volume["spec", "claimRef"] {
                self?.retryUsers(of: claim["namespace"]?.string ?? "", claim["name"]?.string ?? "")
            } else {
                self?.retryAll()
            }
        }
        classes.addHandler { [weak self] _, _ in self?.retryAll() }
    }

    private func observe(_ old: Object?, _ new: Object?) {
        if let new, Self.isWaiting(new) {
            // Our own condition is no reason to try again.
            if old?["spec"] != new["spec"] || old.map(Self.isWaiting) != true { add(new) }
            return
        }
        let change = SchedulingHints.change(pod: old, new)
        if change != .nothing { placed.change() }
        switch change {
        case .nothing: break
        case .room: retryAll()
        case .company: for pod in pods.indexed(by: Self.withAffinity, value: "") { add(pod) }
        }
    }

    private func retryUsers(of namespace: String, _ claim: String) {
        for pod in pods.indexed(by: Self.byClaim, value: "\(namespace)/\(claim)") { add(pod) }
    }

    package func start() {
        workers.start(queue, count: 1) { [weak self] key in await self?.sync(key) ?? .done }
    }

    package func stop() async { await workers.stop() }

    private static func isWaiting(_ pod: Object) -> Bool {
        (pod["spec", "nodeName"]?.string ?? "").isEmpty && !pod.isBeingDeleted && !PodState(pod).isFinished
            && (pod["spec", "schedulerName"]?.string ?? component) == component
            && (pod["spec", "schedulingGates"]?.array ?? []).isEmpty
    }

    private func add(_ pod: Object) { queue.add(ObjectKey(.pods, namespace: pod.namespace, name: pod.name)) }

    /// Stands for all pods that wait, so that a hundred events in a row make one look at each of them.
    private static let everyPod = ObjectKey(.pods, name: "")

    private func retryAll() { queue.add(Self.everyPod) }

    // MARK: One pod

    func sync(_ key: ObjectKey) async -> SyncOutcome {
        let nodes = nodes.all().filter { !$0.isBeingDeleted }
        guard !nodes.isEmpty else { return .done }
        if key == Self.everyPod {
            for pod in pods.indexed(by: Self.unscheduled, value: "") { add(pod) }
            return .done
        }
        guard pods.revision >= bound.withLock({ $0 }) else { return .again(after: .milliseconds(1)) }
        guard let pod = pods.get(namespace: key.namespace, name: key.name), Self.isWaiting(pod) else { return .done }
        let states = placed.states {
            nodes.map { NodeState($0, pods: pods.indexed(by: Self.byNode, value: $0.name)) }
        }
        let decision = SchedulingDecision.decide(
            pod, nodes: states, volumes: SchedulingClaims(pod, source(key.namespace)))
        do {
            return try await carryOut(decision, pod, key, states.count)
        } catch {
            return error.reason == "NotFound" ? .done : .retry
        }
    }

    private func source(_ namespace: String) -> SchedulingClaims.Source {
        SchedulingClaims.Source(
            claim: { self.claims.get(namespace: namespace, name: $0) }, volume: { self.volumes.get(name: $0) },
            storageClass: { self.classes.get(name: $0) })
    }

    private func carryOut(
        _ decision: SchedulingDecision, _ pod: Object, _ key: ObjectKey, _ count: Int
    ) async throws(Status) -> SyncOutcome {
        switch decision {
        case .bind(let node): try await bind(pod, to: node)
        case .unschedulable(let message): try await report(message, on: pod, key)
        case .prepareVolumes(let name):
            guard let node = nodes.get(name: name) else { return .retry }
            switch await binder.prepare(pod: pod, node: node) {
            case .ready: try await bind(pod, to: name)
            case .conflict(let reasons):
                let message = SchedulingDecision.message(
                    count, reasons.map { "1 \($0)" }, unhelpful: count, noVictims: 0)
                try await report(message, on: pod, key)
            // The claims' next change looks at the pod again; the delay is for changes that this cache has missed.
            case .waiting, .bind: return .again(after: .seconds(1))
            }
        }
        return .done
    }

    private func bind(_ pod: Object, to node: String) async throws(Status) {
        let key = ObjectKey(.pods, namespace: pod.namespace, name: pod.name)
        var binding = Object([
            "apiVersion": "v1", "kind": "Binding", "metadata": ["name": .string(pod.name), "uid": .string(pod.uid)],
            "target": ["kind": "Node", "name": .string(node)],
        ])
        if let boot = nodes.get(name: node).flatMap(BootRecord.current) {
            binding.setAnnotation(BootRecord.annotation, boot)
        }
        try await registry.bind(key, binding, by: Self.user)
        if let revision = try registry.find(key).flatMap({ Int64($0.resourceVersion) }) {
            bound.withLock { $0 = max($0, revision) }
        }
        events.record(
            about: pod, type: .normal, reason: "Scheduled",
            message: "Successfully assigned \(pod.namespace)/\(pod.name) to \(node)", component: Self.component)
    }

    private func report(_ message: String, on pod: Object, _ key: ObjectKey) async throws(Status) {
        let known = pod.condition("PodScheduled")
        guard known?["message"]?.string != message || known?["status"]?.string != "False" else { return }
        let now = registry.options.clock()
        _ = try await registry.update(key, subresource: .status, by: Self.user) { current throws(Status) in
            guard current.uid == pod.uid, Self.isWaiting(current) else { return current }
            var current = current
            current.setCondition("PodScheduled", status: "False", reason: "Unschedulable", message: message, now: now)
            return current
        }
        events.record(
            about: pod, type: .warning, reason: "FailedScheduling", message: message, component: Self.component)
    }
}
