import Objects
import Synchronization

/// Looks after one pod, from its assignment to this node until its files are gone: takes events one at a time, asks
/// the plan what to do, does it, reports.
package final class PodWorker: Sendable {
    package let uid: String
    /// `namespace/name`
    package let fullName: String
    private let mailbox: AsyncStream<PodEvent>.Continuation
    private let shown: Mutex<PodState>

    /// - Parameters:
    ///   - first: what is known already, before anything is done
    ///   - finished: called once, after the last effect
    init(
        _ context: NodeContext, _ state: PodState, isNew: Bool, first: [PodEvent] = [],
        finished: @escaping @Sendable (PodWorker) async -> Void
    ) {
        uid = state.pod.uid
        fullName = state.pod.fullName
        shown = Mutex(state)
        let (events, continuation) = AsyncStream<PodEvent>.makeStream()
        mailbox = continuation
        Task { @concurrent [self] in
            var loop = PodLoop(context, state, mailbox: continuation, isNew: isNew) { state in
                self.shown.withLock { $0 = state }
            }
            await loop.run(events, after: first)
            continuation.finish()
            await finished(self)
        }
    }

    func tell(_ event: PodEvent) { mailbox.yield(event) }

    /// A recent state, for the node's socket: which container of which attempt.
    package var state: PodState { shown.withLock { $0 } }
}

/// The worker's task: the only place where the pod's state changes.
struct PodLoop {
    let context: NodeContext
    let mailbox: AsyncStream<PodEvent>.Continuation
    var state: PodState
    var isFinished = false
    /// The API has the pod no more: nothing is reported or deleted there.
    var hasVanished = false
    /// Failures in a row, for the waiting times.
    var setUpFailures = 0
    var startFailures: [String: Int] = [:]
    var reportRetryAt: WallTime?
    var reported: (status: JSON, resulting: JSON?)?
    var volumes: (planned: [String: PlannedVolume], sources: [String: String])?
    /// By container attempt; cancelled when it ends.
    var probes: [ContainerID: [Task<Void, Never>]] = [:]
    private var sleeper: Task<Void, Never>?
    private let show: (PodState) -> Void
    private let isNew: Bool

    init(
        _ context: NodeContext, _ state: PodState, mailbox: AsyncStream<PodEvent>.Continuation, isNew: Bool,
        show: @escaping (PodState) -> Void
    ) {
        self.context = context
        self.state = state
        self.mailbox = mailbox
        self.isNew = isNew
        self.show = show
    }

    mutating func run(_ events: AsyncStream<PodEvent>, after first: [PodEvent] = []) async {
        if isNew { await record(tornDown: false) } else { await adoptRunning() }
        apply(object: state.pod.object)
        for event in first { await apply(event) }
        await step()
        if !isFinished { await hear(events) }
        sleeper?.cancel()
        for task in probes.values.joined() { task.cancel() }
    }

    private mutating func hear(_ events: AsyncStream<PodEvent>) async {
        for await event in events {
            await apply(event)
            await step()
            if isFinished { return }
        }
    }

    private mutating func step() async {
        var plan = state.plan(now: .now())
        while !plan.actions.isEmpty, !isFinished {
            for action in plan.actions where !isFinished { await perform(action) }
            show(state)
            plan = state.plan(now: .now())
        }
        show(state)
        guard !isFinished else { return }
        await report()
        sleep(until: [plan.wakeAt, reportRetryAt].compactMap { $0 }.min())
    }

    private mutating func sleep(until time: WallTime?) {
        sleeper?.cancel()
        guard let time else { return sleeper = nil }
        // At most a day: the plan then says again how long, and no timer has to count further.
        let seconds = min(max(0.01, time.seconds(since: .now())), 86_400)
        sleeper = Task { [mailbox] in
            do { try await Task.sleep(for: .seconds(seconds)) } catch { return }
            mailbox.yield(.wake)
        }
    }

    // MARK: Events

    private mutating func apply(_ event: PodEvent) async {
        switch event {
        case .object(let object): apply(object: object)
        case .vanished(let last):
            hasVanished = true
            if let last { apply(object: last) }
            beginStop(reason: "Killing", message: "the pod is gone from the API")
        case .exited(let id): if isCurrent(id) { await containerEnded(id) }
        case .probed(let id, let kind, let success, let message):
            if isCurrent(id) { probed(id, kind, success: success, message: message) }
        case .started(let id, let problem): if isCurrent(id) { hookFinished(id, problem) }
        case .stopHookFinished(let id): if isCurrent(id) { await terminate(id) }
        case .wake: break
        }
    }

    private mutating func apply(object: Object) {
        // What the API answered to our own write may be newer than what the watch says.
        let isOlder = (Int64(object.resourceVersion) ?? 0) < (Int64(state.pod.object.resourceVersion) ?? 0)
        if !isOlder { state.pod = PodSpec(object) }
        if object.isBeingDeleted {
            beginStop(reason: "Killing", message: "")
        } else if let failure = ForeignEnd.of(object, state) {
            state.stop = failure
        }
    }

    /// Stops the pod, or stops it faster: a second deletion may shorten the time.
    private mutating func beginStop(reason: String, message: String) {
        let grace = state.pod.gracePeriod
        if let stop = state.stop, stop.removes, stop.grace <= grace { return }
        state.stop = .init(grace: grace, reason: reason, message: message, removes: true)
        let latest = WallTime.now().adding(grace)
        for container in state.pod.allContainers {
            guard let killAt = state[container.name].running?.killAt, killAt > latest else { continue }
            state.toldToStop(container.name, killAt: latest)
        }
    }

    private func isCurrent(_ id: ContainerID) -> Bool {
        state[id.name].attempt == id.attempt && state[id.name].running != nil
    }

    /// The running containers of an earlier berth-node: their ends are heard of, their probes go on.
    private mutating func adoptRunning() async {
        for container in state.pod.allContainers where state[container.name].running != nil {
            let id = ContainerID(podUID: state.pod.uid, name: container.name, attempt: state[container.name].attempt)
            await follow(id, container, hook: false)
        }
    }
}
