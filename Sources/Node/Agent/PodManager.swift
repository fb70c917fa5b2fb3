import Client
import Logging
import Objects
import Synchronization

/// Keeps one worker a pod: for the pods that the API assigns to this node, and for those found on this machine.
package final class PodManager: Sendable {
    private struct State {
        /// By UID.
        var workers: [String: PodWorker] = [:]
        /// Pods whose name is still taken by an earlier one that has not ended: two pods of one name never run at the
        /// same time, even after a forced deletion.
        var waiting: [String: Object] = [:]
        /// UIDs that are done with, whose objects may live on for their finalizers.
        var done: Set<String> = []
        /// Said once for each time that the API is away.
        var isInterrupted = false
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
        try await Reflector(context.client, resource, query: query).run { change in
            switch change {
            case .listed(let pods): await listed(pods)
            case .set(let pod): await set(pod)
            case .removed(let pod): worker(pod.uid)?.tell(.vanished(pod))
            case .interrupted(let error, retryAfter: _):
                let isNews = state.withLock { state in
                    defer { state.isInterrupted = true }
                    return !state.isInterrupted
                }
                if isNews { context.log.warning("pods not watched, trying on", metadata: ["error": "\(error)"]) }
            }
        }
    }

    /// Waits until the pods that the API knew at the start have their workers: before that, that a pod is not here says
    /// nothing. False when that took longer than `seconds`, because the API is away.
    package func isCaughtUp(within seconds: Double) async -> Bool { await firstList.isOpen(within: seconds) }

    package func worker(_ uid: String) -> PodWorker? { state.withLock { $0.workers[uid] } }

    package func worker(namespace: String, name: String) -> PodWorker? {
        state.withLock { $0.workers.values.first { $0.fullName == "\(namespace)/\(name)" } }
    }

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
        if let worker = worker(pod.uid) { return worker.tell(.object(pod)) }
        guard !state.withLock({ $0.done.contains(pod.uid) }) else { return }
        let name = "\(pod.namespace)/\(pod.name)"
        let isTaken = state.withLock { state in
            guard state.workers.values.contains(where: { $0.fullName == name }) else { return false }
            state.waiting[pod.uid] = pod
            return true
        }
        if !isTaken { await begin(pod, hasVanished: false) }
    }

    /// Pods of this machine that the API knows no more: they vanished while nobody looked.
    private func stopForgotten(except present: Set<String>) async {
        do {
            let paths = context.paths
            let found = try await context.pool.run { try Files.names(in: paths.pods) }
            for uid in found where !present.contains(uid) && worker(uid) == nil && NodePaths.isPlainUID(uid) {
                let record = try await context.pool.run { try PodRecord.read(paths, uid) }
                await begin(record?.object ?? PodManager.unknown(uid), hasVanished: true)
            }
        } catch {
            context.log.error("forgotten pods not looked for", metadata: ["error": "\(error)"])
        }
    }

    /// A pod of which only the directory is left: enough to release what it may have.
    private static func unknown(_ uid: String) -> Object {
        Object(["kind": "Pod", "apiVersion": "v1", "metadata": ["name": .string(uid), "uid": .string(uid)]])
    }

    private func begin(_ pod: Object, hasVanished: Bool) async {
        let (paths, recovery) = (context.paths, recovery)
        do {
            let (found, record) = try await context.pool.run {
                let record = try PodRecord.read(paths, pod.uid)
                return (try recovery.state(pod, record: record, now: .now()), record)
            }
            // It ended on another state directory, or before this one was lost: it must not run again.
            let phase = pod["status", "phase"]?.string ?? ""
            if record == nil, !hasVanished, !pod.isBeingDeleted, ["Succeeded", "Failed"].contains(phase) { return }
            let worker = PodWorker(context, found, isNew: record == nil) { [weak self] in await self?.finished($0) }
            state.withLock { $0.workers[pod.uid] = worker }
            if hasVanished { worker.tell(.vanished(nil)) }
        } catch {
            context.log.error("pod not begun", metadata: ["pod": "\(pod.namespace)/\(pod.name)", "error": "\(error)"])
        }
    }

    private func finished(_ worker: PodWorker) async {
        let next = state.withLock { state in
            state.workers[worker.uid] = nil
            state.done.insert(worker.uid)
            let next = state.waiting.values.first { "\($0.namespace)/\($0.name)" == worker.fullName }
            if let next { state.waiting[next.uid] = nil }
            return next
        }
        if let next { await set(next) }
    }
}
