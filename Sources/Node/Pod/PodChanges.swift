/// How the state changes: each says what happened, none does anything.
extension PodState {
    package mutating func containerStarted(_ name: String, at time: WallTime) {
        let container = pod.container(name)
        let waits = container?.probe(.startup) != nil || container?.hook("postStart") != nil
        self[name].problem = nil
        self[name].run = .running(
            .init(startedAt: time, started: !waits, ready: !waits && container?.probe(.readiness) == nil))
    }

    package mutating func containerExited(_ name: String, _ exit: ContainerExit) {
        var state = self[name]
        let ranFor = exit.startedAt.map { exit.finishedAt.seconds(since: $0) } ?? 0
        state.crashes = ranFor > CrashBackoff.forgottenAfter ? 1 : state.crashes + 1
        state.run = .exited(exit)
        self[name] = state
    }

    /// The attempt that a start uses; what the container was before becomes its last state.
    package mutating func beginAttempt(_ name: String) -> Int {
        if let exit = self[name].exit {
            self[name].previous = exit
            self[name].attempt += 1
        }
        return self[name].attempt
    }

    package mutating func containerFailedToStart(_ name: String, _ problem: Problem) { self[name].problem = problem }

    package mutating func toldToStop(_ name: String, killAt: WallTime) {
        guard var running = self[name].running else { return }
        running.killAt = killAt
        self[name].run = .running(running)
    }

    package mutating func killed(_ name: String) {
        guard var running = self[name].running else { return }
        running.killed = true
        self[name].run = .running(running)
    }

    /// postStart is through, and there is no startup probe to wait for.
    package mutating func hookFinished(_ name: String) {
        guard pod.container(name)?.probe(.startup) == nil else { return }
        started(name)
    }

    package mutating func started(_ name: String) {
        guard var running = self[name].running, !running.started else { return }
        running.started = true
        running.ready = pod.container(name)?.probe(.readiness) == nil && running.killAt == nil
        self[name].run = .running(running)
    }

    package mutating func readinessChanged(_ name: String, _ ready: Bool) {
        guard var running = self[name].running, running.killAt == nil else { return }
        running.ready = ready
        self[name].run = .running(running)
    }

    /// A reboot: sandbox and containers are gone, the pod starts over in a new one, init containers first. What has
    /// ended for good stays ended.
    package mutating func sandboxLost() {
        setUp = .needed
        guard verdict == nil else { return }
        for container in pod.allContainers {
            let isInit = pod.initContainers.contains { $0.name == container.name }
            guard let exit = self[container.name].exit, isInit || restarts(after: exit) else { continue }
            _ = beginAttempt(container.name)
            self[container.name].run = .never
        }
    }
}
