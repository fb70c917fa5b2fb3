import Client
import Logging
import Objects
import Synchronization

/// Keeps one worker a pod: for the pods that the API assigns to this node, and for those found on this machine.
package final class PodManager: Sendable {
    /// A pod whose worker is being made: what is on this machine of it is looked for first.
    private struct Beginning {
        /// `namespace/name`; empty for what is left of a pod whose record has not been read yet.
        var fullName: String
        /// As the API has it, the latest that was heard; nil: it knows it no more.
        var object: Object?
        var hasVanished = false
    }

    /// A UID is in one of `workers`, `beginning` and `waiting` at most, and moves between them in one step.
    private struct State {
        /// By UID.
        var workers: [String: PodWorker] = [:]
        var beginning: [String: Beginning] = [:]
        /// Pods whose name is still taken by an earlier one that has not ended: two pods of one name never run at the
        /// same time, even after a forced deletion.
        var waiting: [String: Object] = [:]
        /// UIDs that are done with, whose objects may live on for their finalizers.
        var done: Set<String> = []
        /// Said once for each time that the API is away.
        var isInterrupted = false

        func isTaken(_ fullName: String) -> Bool {
            workers.values.contains { $0.fullName == fullName }
                || beginning.values.contains { $0.fullName == fullName }
        }

        /// The pod that has waited for this name, if nobody else has it.
        mutating func claimNext(of fullName: String) -> String? {
            guard !isTaken(fullName),
                let next = waiting.first(where: { "\($0.value.namespace)/\($0.value.name)" == fullName })
            else { return nil }
            waiting[next.key] = nil
            beginning[next.key] = Beginning(fullName: fullName, object: next.value)
            return next.key
        }
    }

    private let context: NodeContext
    private let recovery: PodRecovery
    private let state = Mutex(State())
    private let firstList = Gate()

    package init(_ context: NodeContext) {
        self.context = context
        recovery = PodRecovery(engine: context.engine)
    }

    /// Follows the API for ever: a berthd that is away changes nothing here.
    package func run() async throws {
        let resource = try APIResource(ResourceName.pods)
        let query = ListQuery(fieldSelector: "spec.nodeName=\(context.settings.nodeName)")
        try await Reflector(context.client, resource, query: query).run { await heard($0) }
    }

    func heard(_ change: ReflectorChange) async {
        switch change {
        case .listed(let pods): await listed(pods)
        case .set(let pod): await set(pod)
        case .removed(let pod): removed(pod)
        case .interrupted(let error, retryAfter: _):
            let isNews = state.withLock { state in
                defer { state.isInterrupted = true }
                return !state.isInterrupted
            }
            if isNews { context.log.warning("pods not watched, trying on", metadata: ["error": "\(error)"]) }
        }
    }

    /// Waits until the pods that the API knew at the start have their workers: before that, that a pod is not here says
    /// nothing. False when that took longer than `seconds`, because the API is away.
    package func isCaughtUp(within seconds: Double) async -> Bool { await firstList.isOpen(within: seconds) }

    package func worker(_ uid: String) -> PodWorker? { state.withLock { $0.workers[uid] } }

    package func worker(namespace: String, name: String) -> PodWorker? {
        state.withLock { $0.workers.values.first { $0.fullName == "\(namespace)/\(name)" } }
    }

    /// Whether its worker is being made, or has been.
    func isKnown(_ uid: String) -> Bool { state.withLock { $0.workers[uid] != nil || $0.beginning[uid] != nil } }

    // MARK: Changes

    private func listed(_ pods: [Object]) async {
        let mine = pods.filter(isMine)
        let present = Set(mine.map(\.uid))
        let wasInterrupted = state.withLock { state in
            defer { state.isInterrupted = false }
            return state.isInterrupted
        }
        if wasInterrupted { context.log.info("pods watched again") }
        state.withLock { state in
            state.done.formIntersection(present)
            state.waiting = state.waiting.filter { present.contains($0.key) }
            for uid in state.beginning.keys where !present.contains(uid) { state.beginning[uid]?.hasVanished = true }
        }
        let gone = state.withLock { $0.workers.values.filter { !present.contains($0.uid) } }
        for worker in gone { worker.tell(.vanished(nil)) }
        await stopForgotten(except: present)
        for pod in mine { await set(pod) }
        for worker in state.withLock({ Array($0.workers.values) }) { worker.tell(.wake) }
        firstList.open()
    }

    private func isMine(_ pod: Object) -> Bool { pod["spec", "nodeName"]?.string == context.settings.nodeName }

    private func set(_ pod: Object) async {
        guard isMine(pod), NodePaths.isPlainUID(pod.uid) else { return }
        let fullName = "\(pod.namespace)/\(pod.name)"
        let (worker, isClaimed) = state.withLock { state -> (PodWorker?, Bool) in
            if let worker = state.workers[pod.uid] { return (worker, false) }
            if state.beginning[pod.uid] != nil {
                state.beginning[pod.uid]?.object = pod
                return (nil, false)
            }
            if state.done.contains(pod.uid) { return (nil, false) }
            if state.isTaken(fullName) {
                state.waiting[pod.uid] = pod
                return (nil, false)
            }
            // It may have waited for a name that has become free in this moment.
            state.waiting[pod.uid] = nil
            state.beginning[pod.uid] = Beginning(fullName: fullName, object: pod)
            return (nil, true)
        }
        worker?.tell(.object(pod))
        if isClaimed { await begin(pod.uid) }
    }

    private func removed(_ pod: Object) {
        let worker = state.withLock { state in
            state.waiting[pod.uid] = nil
            if state.beginning[pod.uid] != nil {
                state.beginning[pod.uid]?.object = pod
                state.beginning[pod.uid]?.hasVanished = true
            }
            return state.workers[pod.uid]
        }
        worker?.tell(.vanished(pod))
    }

    /// Pods of this machine that the API knows no more: they vanished while nobody looked.
    private func stopForgotten(except present: Set<String>) async {
        let paths = context.paths
        let found: [String]
        do { found = try await context.pool.run { try Files.names(in: paths.pods) } } catch {
            return context.log.error("forgotten pods not looked for", metadata: ["error": "\(error)"])
        }
        for uid in found where !present.contains(uid) && NodePaths.isPlainUID(uid) {
            let isClaimed = state.withLock { state in
                guard state.workers[uid] == nil, state.beginning[uid] == nil else { return false }
                state.beginning[uid] = Beginning(fullName: "", object: nil, hasVanished: true)
                return true
            }
            if isClaimed { await begin(uid) }
        }
    }

    /// A pod of which only the directory is left: enough to release what it may have.
    private static func unknown(_ uid: String) -> Object {
        Object(["kind": "Pod", "apiVersion": "v1", "metadata": ["name": .string(uid), "uid": .string(uid)]])
    }

    // MARK: Workers

    /// Makes the worker of a pod that is in `beginning`; it stays there for as long as that does not work.
    private func begin(_ uid: String, failures: Int = 0) async {
        guard let beginning = state.withLock({ $0.beginning[uid] }) else { return }
        do {
            let record = try await record(of: uid)
            let object = beginning.object ?? record?.object ?? PodManager.unknown(uid)
            let recovery = recovery
            let found = try await context.pool.run { try recovery.state(object, record: record, now: .now()) }
            if let next = settle(uid, found, isNew: record == nil) { await begin(next) }
        } catch {
            let wait = 1 << min(failures, 6)
            context.log.error(
                "pod not begun", metadata: ["pod": "\(uid)", "error": "\(error)", "again in": "\(wait) s"])
            Task { @concurrent [weak self] in
                try? await Task.sleep(for: .seconds(wait))
                await self?.begin(uid, failures: failures + 1)
            }
        }
    }

    /// What was written down about a pod; its name is taken from then on.
    private func record(of uid: String) async throws -> PodRecord? {
        let paths = context.paths
        let record = try await context.pool.run { try PodRecord.read(paths, uid) }
        if let object = record?.object {
            state.withLock { $0.beginning[uid]?.fullName = "\(object.namespace)/\(object.name)" }
        }
        return record
    }

    /// From `beginning` to `workers`, with all that was heard meanwhile.
    ///
    /// - Returns: the pod to begin next, when this one needs no worker
    private func settle(_ uid: String, _ found: PodState, isNew: Bool) -> String? {
        state.withLock { state in
            guard let beginning = state.beginning.removeValue(forKey: uid) else { return nil }
            let object = beginning.object ?? found.pod.object
            // It ended on another state directory, or before this one was lost: it must not run again.
            let hasEnded = ["Succeeded", "Failed"].contains(object["status", "phase"]?.string ?? "")
            if isNew, !beginning.hasVanished, !object.isBeingDeleted, hasEnded {
                return state.claimNext(of: beginning.fullName)
            }
            var first: [PodEvent] = [.object(object)]
            if beginning.hasVanished { first.append(.vanished(nil)) }
            state.workers[uid] = PodWorker(context, found, isNew: isNew, first: first) { [weak self] in
                await self?.finished($0)
            }
            return nil
        }
    }

    private func finished(_ worker: PodWorker) async {
        let next = state.withLock { state in
            state.workers[worker.uid] = nil
            state.done.insert(worker.uid)
            return state.claimNext(of: worker.fullName)
        }
        if let next { await begin(next) }
    }
}
