import Objects

/// Which run of which container a request means.
struct ContainerChoice {
    var request: RemoteRequest
    var state: PodState

    /// - Throws: `Status` in upstream's words
    func container() throws(Status) -> ContainerSpec {
        let all = state.pod.allContainers
        if let name = request.value("container"), !name.isEmpty {
            guard let container = state.pod.container(name) else {
                throw Status.badRequest("container \(name) is not valid for pod \(state.pod.name)")
            }
            return container
        }
        guard all.count == 1 || state.pod.containers.count == 1, let only = state.pod.containers.first else {
            let names = state.pod.containers.map(\.name).joined(separator: " ")
            throw Status.badRequest(
                "a container name must be specified for pod \(state.pod.name), choose one of: [\(names)]")
        }
        return only
    }

    func running() throws(Status) -> ContainerID {
        let container = try container()
        guard state[container.name].running != nil else {
            throw Status.badRequest("container \(container.name) in pod \(state.pod.name) is not running")
        }
        return id(container, state[container.name].attempt)
    }

    /// The run whose log is meant.
    func logged() throws(Status) -> (id: ContainerID, isRunning: Bool) {
        let container = try container()
        let own = state[container.name]
        if request.flag("previous") {
            guard own.attempt > 0 else {
                throw Status.badRequest(
                    "previous terminated container \"\(container.name)\" in pod \"\(state.pod.name)\" not found")
            }
            return (id(container, own.attempt - 1), false)
        }
        guard own.run != .never else {
            if own.attempt > 0 { return (id(container, own.attempt - 1), false) }
            let reason = own.problem?.reason ?? "ContainerCreating"
            throw Status.badRequest(
                "container \"\(container.name)\" in pod \"\(state.pod.name)\" is waiting to start: \(reason)")
        }
        return (id(container, own.attempt), own.running != nil)
    }

    private func id(_ container: ContainerSpec, _ attempt: Int) -> ContainerID {
        ContainerID(podUID: state.pod.uid, name: container.name, attempt: attempt)
    }
}
