package import Objects

/// status of a pod, from its state: https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/
package struct PodStatusReport: Sendable {
    package var state: PodState
    package var nodeAddress: String

    package init(_ state: PodState, nodeAddress: String) {
        self.state = state
        self.nodeAddress = nodeAddress
    }

    /// The status to be, given the object as it is: transition times that did not change and what others wrote stay.
    package func status(after old: JSON?, now: WallTime) -> JSON {
        var status = old ?? .object(JSONObject())
        status["phase"] = .string(phase)
        status["conditions"] = .array(conditions(after: old?["conditions"]?.array ?? [], now))
        status["hostIP"] = .string(nodeAddress)
        status["hostIPs"] = [["ip": .string(nodeAddress)]]
        let addresses = state.pod.hostNetwork && state.setUp != .needed ? [nodeAddress] : state.addresses
        status["podIP"] = addresses.first.map { .string($0) }
        status["podIPs"] = addresses.isEmpty ? nil : .array(addresses.map { ["ip": .string($0)] })
        status["startTime"] = .string(state.startTime.description)
        status["observedGeneration"] = state.pod.object["metadata", "generation"]
        if let stop = state.stop, !stop.removes {
            status["reason"] = .string(stop.reason)
            status["message"] = .string(stop.message)
        }
        let inits = state.pod.initContainers.map { containerStatus($0, isInit: true) }
        status["initContainerStatuses"] = inits.isEmpty ? nil : .array(inits)
        status["containerStatuses"] = .array(state.pod.containers.map { containerStatus($0, isInit: false) })
        return status
    }

    /// A merge patch of exactly the changes, nil if there are none.
    package static func patch(from old: JSON?, to new: JSON, uid: String) -> JSON? {
        var changes = JSONObject()
        let before = old?.object ?? JSONObject()
        for (key, value) in new.object ?? JSONObject() where before[key]?.withoutNulls != value.withoutNulls {
            changes[key] = value
        }
        for (key, _) in before where new[key] == nil { changes[key] = .null }
        return changes.isEmpty ? nil : ["metadata": ["uid": .string(uid)], "status": .object(changes)]
    }

    // MARK: Phase

    package var phase: String {
        if let stop = state.stop, !stop.removes { return "Failed" }
        switch state.verdict {
        case .succeeded?: return "Succeeded"
        case .failed?: return "Failed"
        case nil: break
        }
        guard state.initialized else { return "Pending" }
        let anyStarted = state.pod.containers.contains { state[$0.name].run != .never }
        // A pod that is being deleted before anything ran stays what it was.
        return anyStarted && state.pod.containers.allSatisfy { state[$0.name].run != .never } ? "Running" : "Pending"
    }

    private var hasEnded: Bool { ["Succeeded", "Failed"].contains(phase) }

    // MARK: Conditions

    private func conditions(after old: [JSON], _ now: WallTime) -> [JSON] {
        var ours: [(type: String, isTrue: Bool, reason: String?, message: String?)] = []
        if case .done = state.setUp {
            ours.append(("PodReadyToStartContainers", true, nil, nil))
        } else {
            ours.append(("PodReadyToStartContainers", false, nil, nil))
        }
        let waitingInits = state.initialized ? [] : unfinishedInits
        ours.append(
            (
                "Initialized", state.initialized, state.initialized ? nil : "ContainersNotInitialized",
                state.initialized ? nil : "containers with incomplete status: [\(waitingInits.joined(separator: " "))]"
            ))
        let (ready, reason, message) = readiness
        ours.append(
            (
                "Ready", ready && gatesAreOpen(old), ready && !gatesAreOpen(old) ? "ReadinessGatesNotReady" : reason,
                message
            ))
        ours.append(("ContainersReady", ready, reason, message))
        var list = ours.map { condition in
            self.condition(condition, old.first { $0["type"]?.string == condition.type }, now)
        }
        list += old.filter { other in !ours.contains { $0.type == other["type"]?.string } }
        return list
    }

    private var unfinishedInits: [String] {
        state.pod.initContainers.filter { container in
            container.isSidecar ? state[container.name].running?.started != true : state[container.name].exit?.code != 0
        }.map(\.name)
    }

    private var readiness: (Bool, String?, String?) {
        if phase == "Succeeded" { return (false, "PodCompleted", nil) }
        if phase == "Failed" { return (false, "PodFailed", nil) }
        let serving = state.pod.containers + state.pod.sidecars
        let unready = serving.filter { state[$0.name].running?.ready != true }.map(\.name)
        guard !unready.isEmpty else { return (true, nil, nil) }
        return (false, "ContainersNotReady", "containers with unready status: [\(unready.joined(separator: " "))]")
    }

    private func gatesAreOpen(_ conditions: [JSON]) -> Bool {
        (state.pod.spec["readinessGates"]?.array ?? []).allSatisfy { gate in
            conditions.contains { $0["type"] == gate["conditionType"] && $0["status"]?.string == "True" }
        }
    }

    private func condition(
        _ new: (type: String, isTrue: Bool, reason: String?, message: String?), _ old: JSON?, _ now: WallTime
    ) -> JSON {
        let value = new.isTrue ? "True" : "False"
        let unchanged = old?["status"]?.string == value ? old?["lastTransitionTime"] : nil
        var condition: JSON = [
            "type": .string(new.type), "status": .string(value), "lastProbeTime": .null,
            "lastTransitionTime": unchanged ?? .string(now.description),
        ]
        if let reason = new.reason { condition["reason"] = .string(reason) }
        if let message = new.message { condition["message"] = .string(message) }
        if let generation = state.pod.object["metadata", "generation"] { condition["observedGeneration"] = generation }
        return condition
    }

    // MARK: Containers

    private func containerStatus(_ container: ContainerSpec, isInit: Bool) -> JSON {
        let state = self.state[container.name]
        let id = ContainerID(podUID: self.state.pod.uid, name: container.name, attempt: state.attempt)
        let began = state.run != .never
        let ready = isInit && !container.isSidecar ? state.exit?.code == 0 : state.running?.ready == true
        var status: JSON = [
            "name": .string(container.name), "image": .string(container.image), "imageID": "",
            "restartCount": .integer(Int64(state.attempt)), "ready": .bool(ready),
            "started": .bool(state.running?.started == true),
        ]
        if began { status["containerID"] = .string(id.description) }
        let (current, last) = states(container, state, id)
        status["state"] = current
        status["lastState"] = last ?? .object(JSONObject())
        return status
    }

    /// The state now, and the last one if there was one before.
    private func states(_ container: ContainerSpec, _ state: ContainerState, _ id: ContainerID) -> (JSON, JSON?) {
        var before = id
        before.attempt = id.attempt - 1
        let earlier = state.previous.map { terminated($0, before) }
        switch state.run {
        case .never: return (waiting(container, state), earlier)
        case .running(let running):
            return (["running": ["startedAt": .string(running.startedAt.description)]], earlier)
        case .exited(let exit):
            let isFinal = self.state.stop != nil || hasEnded || (!container.isSidecar && finished(container, exit))
            guard !isFinal, state.problem != nil || state.crashes > 1 else { return (terminated(exit, id), earlier) }
            return (waiting(container, state), terminated(exit, id))
        }
    }

    private func finished(_ container: ContainerSpec, _ exit: ContainerExit) -> Bool {
        let isInit = state.pod.initContainers.contains { $0.name == container.name }
        return isInit ? exit.code == 0 : !state.restarts(after: exit)
    }

    private func waiting(_ container: ContainerSpec, _ state: ContainerState) -> JSON {
        if let problem = state.problem {
            return ["waiting": ["reason": .string(problem.reason), "message": .string(problem.message)]]
        }
        if state.exit != nil {
            let delay = Int(CrashBackoff.delay(crashes: state.crashes))
            let pod = "\(self.state.pod.name)_\(self.state.pod.namespace)(\(self.state.pod.uid))"
            let text = "back-off \(delay)s restarting failed container=\(container.name) pod=\(pod)"
            return ["waiting": ["reason": "CrashLoopBackOff", "message": .string(text)]]
        }
        let isMain = self.state.pod.containers.contains { $0.name == container.name }
        let initializing = isMain && !self.state.pod.initContainers.isEmpty
        return ["waiting": ["reason": initializing ? "PodInitializing" : "ContainerCreating"]]
    }

    private func terminated(_ exit: ContainerExit, _ id: ContainerID) -> JSON {
        var terminated: JSON = [
            "exitCode": .integer(Int64(exit.code)), "reason": .string(exit.reason),
            "startedAt": exit.startedAt.map { .string($0.description) } ?? .null,
            "finishedAt": .string(exit.finishedAt.description), "containerID": .string(id.description),
        ]
        if !exit.message.isEmpty { terminated["message"] = .string(exit.message) }
        return ["terminated": terminated]
    }
}
