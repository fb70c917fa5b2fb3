/// One thing to do for a pod.
package enum PodAction: Sendable, Hashable {
    /// Volumes and sandbox.
    case setUp
    case start(String)
    /// preStop, then SIGTERM; SIGKILL after `grace` seconds.
    case stop(String, grace: Double, reason: String)
    case kill(String)
    /// Give back the sandbox and its address.
    case tearDown
    /// The object from the API, then the pod's files.
    case remove
    /// The pod is to fail as a whole.
    case fail(reason: String, message: String)
}

/// What to do next, from what is known now: level-based, so it does not matter which event led here, or how many got
/// lost. Effects change the state and ask again.
package struct PodPlan: Sendable, Hashable {
    package var actions: [PodAction] = []
    /// Ask again at this time even if nothing happens.
    package var wakeAt: WallTime?

    mutating func wake(_ time: WallTime) { wakeAt = min(wakeAt ?? time, time) }
}

extension PodState {
    package func plan(now: WallTime) -> PodPlan {
        var plan = PodPlan()
        if let stop {
            planStop(stop, &plan, now)
        } else if verdict != nil {
            // Ended by itself: what is left (sidecars) stops, the address goes back, the files stay for logs.
            planEnd(&plan, now)
        } else if let deadline = pod.activeDeadline, startTime.adding(deadline) <= now {
            plan.actions = [
                .fail(
                    reason: "DeadlineExceeded", message: "Pod was active on the node longer than the specified deadline"
                )
            ]
        } else {
            planRun(&plan, now)
        }
        return plan
    }

    // MARK: Ending

    private func planStop(_ stop: Stop, _ plan: inout PodPlan, _ now: WallTime) {
        // Sidecars serve the others to the end, so they are told last.
        let first = pod.allContainers.filter { !$0.isSidecar && self[$0.name].running != nil }
        let sidecars = pod.sidecars.filter { self[$0.name].running != nil }
        for container in first.isEmpty ? sidecars : first {
            planStop(container, grace: stop.grace, reason: stop.reason, &plan, now)
        }
        guard first.isEmpty, sidecars.isEmpty else { return }
        planRelease(&plan, now)
        if stop.removes, setUp == .tornDown { planEndStep(.remove, &plan, now) }
    }

    private func planEnd(_ plan: inout PodPlan, _ now: WallTime) {
        for container in pod.sidecars where self[container.name].running != nil {
            planStop(container, grace: pod.gracePeriod, reason: "the pod has ended", &plan, now)
        }
        if !isAnythingRunning { planRelease(&plan, now) }
    }

    private func planRelease(_ plan: inout PodPlan, _ now: WallTime) {
        if setUp != .tornDown { planEndStep(.tearDown, &plan, now) }
    }

    private func planEndStep(_ action: PodAction, _ plan: inout PodPlan, _ now: WallTime) {
        if let endRetryAt, endRetryAt > now { plan.wake(endRetryAt) } else { plan.actions.append(action) }
    }

    private func planStop(
        _ container: ContainerSpec, grace: Double, reason: String, _ plan: inout PodPlan, _ now: WallTime
    ) {
        guard let running = self[container.name].running else { return }
        guard let killAt = running.killAt else {
            plan.actions.append(.stop(container.name, grace: grace, reason: reason))
            return
        }
        if killAt <= now {
            if !running.killed { plan.actions.append(.kill(container.name)) }
        } else {
            plan.wake(killAt)
        }
    }

    // MARK: Running

    private func planRun(_ plan: inout PodPlan, _ now: WallTime) {
        if let deadline = pod.activeDeadline { plan.wake(startTime.adding(deadline)) }
        switch setUp {
        case .needed: plan.actions = [.setUp]
        case .failed(let problem): problem.retryAt <= now ? plan.actions = [.setUp] : plan.wake(problem.retryAt)
        case .tornDown: plan.actions = [.setUp]
        case .done: planContainers(&plan, now)
        }
        for container in pod.allContainers { planKill(container, &plan, now) }
    }

    /// A container that was told to stop (a failed probe) and did not.
    private func planKill(_ container: ContainerSpec, _ plan: inout PodPlan, _ now: WallTime) {
        guard let running = self[container.name].running, let killAt = running.killAt, !running.killed else { return }
        if killAt <= now { plan.actions.append(.kill(container.name)) } else { plan.wake(killAt) }
    }

    /// Init containers one after the other, then all others at once.
    private func planContainers(_ plan: inout PodPlan, _ now: WallTime) {
        for container in pod.initContainers {
            let state = self[container.name]
            if container.isSidecar {
                if state.running == nil { planStart(container, &plan, now) }
                guard state.running?.started == true || initialized else { return }
            } else if state.exit?.code != 0, !initialized {
                if state.running == nil { planStart(container, &plan, now) }
                return
            }
        }
        for container in pod.containers where needsStart(container) { planStart(container, &plan, now) }
    }

    private func needsStart(_ container: ContainerSpec) -> Bool {
        switch self[container.name].run {
        case .never: true
        case .running: false
        case .exited(let exit): restarts(after: exit)
        }
    }

    private func planStart(_ container: ContainerSpec, _ plan: inout PodPlan, _ now: WallTime) {
        let state = self[container.name]
        var earliest = state.problem?.retryAt
        if let exit = state.exit {
            let after = exit.finishedAt.adding(CrashBackoff.delay(crashes: state.crashes))
            earliest = max(earliest ?? after, after)
        }
        if let earliest, earliest > now { plan.wake(earliest) } else { plan.actions.append(.start(container.name)) }
    }

    func restarts(after exit: ContainerExit) -> Bool {
        switch pod.restartPolicy {
        case .always: true
        case .onFailure: exit.code != 0
        case .never: false
        }
    }

    // MARK: What the containers add up to

    package enum Verdict: Sendable, Hashable { case succeeded, failed }

    /// Whether an init phase once completed: it is not repeated while the sandbox lives.
    package var initialized: Bool {
        if pod.containers.contains(where: { self[$0.name].run != .never }) { return true }
        return pod.initContainers.allSatisfy { container in
            let state = self[container.name]
            return container.isSidecar ? state.running?.started == true : state.exit?.code == 0
        }
    }

    /// How the pod ended, nil while it has not.
    package var verdict: Verdict? {
        for container in pod.initContainers where !container.isSidecar {
            if let exit = self[container.name].exit, exit.code != 0, pod.restartPolicy == .never, !initialized {
                return .failed
            }
        }
        let exits = pod.containers.compactMap { self[$0.name].exit }
        guard !pod.containers.isEmpty, exits.count == pod.containers.count, !exits.contains(where: restarts(after:))
        else { return nil }
        return exits.allSatisfy { $0.code == 0 } ? .succeeded : .failed
    }
}
