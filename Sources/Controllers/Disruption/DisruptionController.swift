import Objects
import Registry
import Synchronization

/// Keeps the status of PodDisruptionBudgets, by which the eviction API grants or refuses.
package final class DisruptionController: Sendable {
    private static let user = User.controller("disruption-controller")
    private static let byNamespace = "disruption.namespace"

    private let registry: Registry
    private let events: EventRecorder
    private let budgets: Informer
    private let pods: Informer
    private let sets: Informer
    private let queue = WorkQueue<ObjectKey>()
    private let memory = Mutex(Memory())

    /// What only this process has seen; nothing depends on it for longer than two minutes.
    private struct Memory {
        /// Seconds at which pods went, by namespace and name: a set makes the next one of the name before the budget is
        /// looked at.
        var gone: [String: [String: Int64]] = [:]
        /// The notes that were made about a budget, by its UID.
        var notes: [String: [BudgetDecision.Note]] = [:]
    }
    private let workers = ControllerWorkers<ObjectKey>()

    package init(_ shared: SharedInformers) {
        registry = shared.registry
        events = EventRecorder(registry)
        budgets = shared.informer(.podDisruptionBudgets)
        pods = shared.informer(.pods)
        sets = shared.informer(.statefulSets)
        budgets.addIndex(Self.byNamespace) { [$0.namespace] }
        pods.addIndex(Self.byNamespace) { [$0.namespace] }
        budgets.addHandler { [weak self] old, new in
            if let new { self?.add(new) } else { self?.forget(old) }
        }
        pods.addHandler { [weak self] old, new in self?.addBudgets(of: old, new) }
        sets.addHandler { [weak self] old, new in
            guard let set = new ?? old, old?.generation != new?.generation else { return }
            for budget in self?.budgets.indexed(by: Self.byNamespace, value: set.namespace) ?? [] { self?.add(budget) }
        }
    }

    private func add(_ budget: Object) {
        queue.add(ObjectKey(.podDisruptionBudgets, namespace: budget.namespace, name: budget.name))
    }

    private func forget(_ budget: Object?) {
        guard let budget else { return }
        memory.withLock { $0.notes[budget.uid] = nil }
    }

    private func remember(_ pod: Object) {
        let now = registry.options.clock().seconds
        memory.withLock { memory in
            var gone = memory.gone[pod.namespace, default: [:]].filter {
                $0.value + BudgetDecision.grantedSeconds > now
            }
            gone[pod.name] = now
            memory.gone[pod.namespace] = gone
        }
    }

    private func addBudgets(of old: Object?, _ new: Object?) {
        guard let pod = new ?? old else { return }
        if new == nil, budgets.indexed(by: Self.byNamespace, value: pod.namespace).isEmpty == false { remember(pod) }
        var matching: [String] = []
        for budget in budgets.indexed(by: Self.byNamespace, value: pod.namespace) {
            guard let selector = Self.selector(budget) else { continue }
            let isSelected = new.map(selector.matches) == true
            if isSelected { matching.append(budget.name) }
            if isSelected || old.map(selector.matches) == true { add(budget) }
        }
        if let new, matching.count > 1 { warn(new, of: matching) }
    }

    /// Such a pod cannot be evicted at all.
    private func warn(_ pod: Object, of names: [String]) {
        events.record(
            about: pod, type: .warning, reason: "MultiplePodDisruptionBudgets",
            message: "Pod \"\(pod.namespace)\"/\"\(pod.name)\" matches multiple PodDisruptionBudgets.  Chose "
                + "\"\(names.min() ?? "")\" arbitrarily.",
            component: "controllermanager")
    }

    /// No selector selects nothing, an empty one every pod of the namespace.
    private static func selector(_ budget: Object) -> LabelSelector? {
        budget["spec", "selector"].flatMap { $0.isNull ? nil : LabelSelector($0) }
    }

    package func start() {
        workers.start(queue, count: 1) { [weak self] key in await self?.sync(key) ?? .done }
    }

    package func stop() async { await workers.stop() }

    func sync(_ key: ObjectKey) async -> SyncOutcome {
        guard let budget = budgets.get(namespace: key.namespace, name: key.name) else { return .done }
        let selector = Self.selector(budget)
        let selected = pods.indexed(by: Self.byNamespace, value: key.namespace).filter { selector?.matches($0) == true }
        let now = registry.options.clock()
        let gone = memory.withLock { $0.gone[key.namespace] ?? [:] }
        let (status, notes) = BudgetDecision.status(budget, selected, gone: gone, now: now, scale: scale)
        do {
            let isNews = status != budget["status"]
            if isNews { try await report(status, budget, key) }
            let known = memory.withLock { $0.notes.updateValue(notes, forKey: budget.uid) }
            if isNews || notes != known { for note in notes { record(note, about: budget) } }
            // Granted evictions that came to nothing are forgotten when their time is over.
            return status["disruptedPods"] == nil ? .done : .again(after: .seconds(30))
        } catch {
            return error.reason == "NotFound" ? .done : .retry
        }
    }

    private func scale(of pod: Object) -> BudgetDecision.Scale {
        guard let controller = pod.controllerReference else { return .unmanaged }
        guard controller.kind == "StatefulSet",
            let set = sets.get(namespace: pod.namespace, name: controller.name), set.uid == controller.uid
        else { return .unknown }
        return .controlled(uid: set.uid, replicas: SetSpec(set).replicas)
    }

    private func record(_ note: BudgetDecision.Note, about budget: Object) {
        events.record(
            about: budget, type: note.isWarning ? .warning : .normal, reason: note.reason, message: note.message,
            component: "controllermanager")
    }

    /// Guarded by the version that was counted from: an eviction granted meanwhile must not be forgotten.
    private func report(_ status: JSON, _ budget: Object, _ key: ObjectKey) async throws(Status) {
        _ = try await registry.update(key, subresource: .status, by: Self.user) { current throws(Status) in
            guard current.resourceVersion == budget.resourceVersion else {
                throw .conflict(.podDisruptionBudgets, budget.name)
            }
            var current = current
            current["status"] = status
            return current
        }
    }
}
