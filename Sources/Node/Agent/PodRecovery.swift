import Objects

/// A pod's state as it is found on this machine, after a restart of berth-node or of the machine. Blocks.
struct PodRecovery {
    var engine: ProcessEngine

    /// - Parameter object: the pod as the API has it, or as it was recorded if the API has it no more
    func state(_ object: Object, record: PodRecord?, now: WallTime) throws(NodeError) -> PodState {
        let pod = PodSpec(object)
        let startTime = object["status", "startTime"]?.string.flatMap { WallTime($0) } ?? now
        var state = PodState(pod: pod, startTime: startTime)
        for container in pod.allContainers { try restore(container, &state) }
        state.addresses = record?.addresses ?? []
        if record?.tornDown == true {
            state.setUp = .tornDown
        } else if record != nil, engine.hasSandbox(pod.sandbox), pod.hostNetwork || !state.addresses.isEmpty {
            state.setUp = .done(addresses: state.addresses)
        } else {
            state.sandboxLost()
        }
        restoreEnd(&state)
        if state.stop == nil {
            state.stop = ForeignEnd.byReboot(object, bootID: try Boot.id(), grace: pod.gracePeriod)
        }
        return state
    }

    /// A pod that has failed as a whole stays failed.
    private func restoreEnd(_ state: inout PodState) {
        let status = state.pod.object["status"]
        guard status?["phase"]?.string == "Failed", let reason = status?["reason"]?.string else { return }
        state.stop = .init(
            grace: state.pod.gracePeriod, reason: reason, message: status?["message"]?.string ?? "", removes: false)
    }

    private func restore(_ container: ContainerSpec, _ state: inout PodState) throws(NodeError) {
        let uid = state.pod.uid
        let attempts = try Files.names(in: engine.paths.container(uid, container.name)).compactMap { Int($0) }.sorted()
        guard let attempt = attempts.last else { return restoreCount(container, &state) }
        let id = ContainerID(podUID: uid, name: container.name, attempt: attempt)
        state[container.name].attempt = attempt
        if attempts.contains(attempt - 1) {
            let before = ContainerID(podUID: uid, name: container.name, attempt: attempt - 1)
            if case .exited(let exit) = try engine.record(of: before) { state[container.name].previous = exit }
        }
        switch try engine.record(of: id) {
        case .absent: return
        case .starting: state.containerStarted(container.name, at: .now())
        case .running(let startedAt):
            state.containerStarted(container.name, at: startedAt)
            restoreReadiness(container, id, &state)
        case .exited(let exit):
            state[container.name].crashes = min(attempt, 8)
            state.containerExited(container.name, exit)
        }
    }

    /// Nothing here, but the API knows of runs (the state directory was lost): the count goes on.
    private func restoreCount(_ container: ContainerSpec, _ state: inout PodState) {
        guard let status = reported(container, state.pod), status["containerID"] != nil else { return }
        // Whatever is written there, there is room to count on.
        state[container.name].attempt = Int(min(max(0, status["restartCount"]?.integer ?? 0), Int64(Int32.max))) + 1
    }

    /// What the probes said before, until they say something else: a restart of berth-node is no reason to take a pod
    /// out of service.
    private func restoreReadiness(_ container: ContainerSpec, _ id: ContainerID, _ state: inout PodState) {
        guard let status = reported(container, state.pod), status["containerID"]?.string == id.description else {
            return
        }
        if status["started"]?.bool == true { state.started(container.name) }
        state.readinessChanged(container.name, status["ready"]?.bool ?? false)
    }

    private func reported(_ container: ContainerSpec, _ pod: PodSpec) -> JSON? {
        let lists = [pod.object["status", "containerStatuses"], pod.object["status", "initContainerStatuses"]]
        return lists.compactMap { $0?.array }.joined().first { $0["name"]?.string == container.name }
    }
}
