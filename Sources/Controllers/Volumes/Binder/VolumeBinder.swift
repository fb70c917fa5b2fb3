package import Objects
import Synchronization

/// Runs a `BinderCore` in the daemon: decisions one after the other under a lock, their writes many at a time, so that
/// the store can put them into one batch.
package final class VolumeBinder: Sendable {
    private struct State: ~Copyable {
        var core = BinderCore()
        var underWay = 0
        var isRunning = false
        var stopped: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())
    private let store: any BinderStore
    private let limit: Int
    private let backoff: Backoff
    private let report: @Sendable (String) -> Void

    /// `limit`: writes under way at a time. `report` is told in a sentence what went wrong and will be tried again.
    package init(
        store: any BinderStore, limit: Int = 256, backoff: Backoff = Backoff(ceiling: .seconds(5)),
        report: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.store = store
        self.limit = limit
        self.backoff = backoff
        self.report = report
    }

    /// Begins to decide; call it when everything that exists has been observed.
    package func start() {
        state.withLock { $0.isRunning = true }
        work()
    }

    /// Returns when the writes that were under way have ended.
    package func stop() async {
        await withCheckedContinuation { continuation in
            let isIdle = state.withLock { state in
                state.isRunning = false
                if state.underWay > 0 { state.stopped.append(continuation) }
                return state.underWay == 0
            }
            if isIdle { continuation.resume() }
        }
    }

    package func observe(_ observation: BinderObservation) {
        state.withLock { $0.core.observe(observation) }
        work()
    }

    /// What the binder knows now.
    package func withView<Result: Sendable>(_ body: (borrowing BinderView) -> Result) -> Result {
        state.withLock { body($0.core.view) }
    }

    /// Whether the pod's claims let it run on the node; see `PodVolumePlan`.
    package func plan(pod: Object, node: Object) -> PodVolumePlan {
        state.withLock { $0.core.view.plan(pod: PodUse(pod), node: node) }
    }

    /// Binds or has provisioned what the pod's claims need on this node, all of it or nothing, and says where that
    /// leaves the pod. `ready`: it may be given the node. Otherwise ask again when one of its claims has changed.
    package func prepare(pod: Object, node: Object) async -> PodVolumePlan {
        let use = PodUse(pod)
        let (plan, task) = state.withLock { state -> (PodVolumePlan, BindTask?) in
            let plan = state.core.view.plan(pod: use, node: node)
            guard case .bind(let decision) = plan, state.isRunning else { return (plan, nil) }
            let task = state.core.begin(decision, for: use.pod)
            if task != nil { state.underWay += 1 }
            return (plan, task)
        }
        guard case .bind = plan else { return plan }
        guard let task else { return .waiting(["its claims are being written"]) }
        await carryOut(task)
        return state.withLock { $0.core.view.plan(pod: use, node: node) }
    }

    // MARK: Carrying out

    private func work() {
        while true {
            let task = state.withLock { state -> BindTask? in
                guard state.isRunning, state.underWay < limit, let task = state.core.nextTask() else { return nil }
                state.underWay += 1
                return task
            }
            guard let task else { return }
            Task { await carryOut(task) }
        }
    }

    private func carryOut(_ task: BindTask) async {
        let outcome = await outcome(of: task)
        let (failures, stopped) = state.withLock { state in
            let failures = state.core.finish(task, outcome)
            state.underWay -= 1
            guard state.underWay == 0, !state.isRunning else {
                return (failures, [CheckedContinuation<Void, Never>]())
            }
            defer { state.stopped = [] }
            return (failures, state.stopped)
        }
        for continuation in stopped { continuation.resume() }
        if let failures { retry(task, after: backoff.delay(afterFailures: failures)) }
        work()
    }

    private func outcome(of task: BindTask) async -> BindOutcome {
        let decision = task.decision
        if let failure = decision.failure { report(failure) }
        do {
            if let violation = try store.violation(of: decision) { return .stale([violation]) }
            let written = decision.writes.isEmpty ? [] : try await store.commit(decision)
            for event in decision.events { store.record(event) }
            return .done(written)
        } catch {
            return outcome(of: decision, error)
        }
    }

    private func outcome(of decision: BindDecision, _ error: Status) -> BindOutcome {
        // 409 and 404 are the normal end of a race: somebody else was faster.
        if error.code == 409 || error.code == 404, let current = try? store.current(decision) { return .stale(current) }
        let names = decision.writes.map { "\($0.object.kind) \($0.object.name)" }.joined(separator: " and ")
        report("cannot write \(names) (branch \(decision.branch)): \(error.message)")
        return .failed
    }

    private func retry(_ task: BindTask, after delay: Duration) {
        Task { [weak self] in
            try? await Task.sleep(for: delay)
            self?.state.withLock { $0.core.retry(task) }
            self?.work()
        }
    }
}
