import Client
import Glibc
import Logging
import Objects

extension PodLoop {
    mutating func perform(_ action: PodAction) async {
        switch action {
        case .setUp: await setUp()
        case .start(let name): await start(name)
        case .stop(let name, let grace, let reason): await stop(name, grace: grace, reason: reason)
        case .kill(let name): await kill(name)
        case .tearDown: await tearDown()
        case .remove: await remove()
        case .fail(let reason, let message):
            context.events.warning(state.pod.object, reason, message)
            state.stop = .init(grace: state.pod.gracePeriod, reason: reason, message: message, removes: false)
        }
    }

    // MARK: Set-up and tear-down

    private mutating func setUp() async {
        let (context, pod) = (context, state.pod)
        do {
            volumes = nil
            try await prepareVolumes()
            let addresses = try await context.pool.run { try context.engine.makeSandbox(pod.sandbox) }
            state.addresses = addresses
            try await context.pool.run { _ = try context.podFiles(pod, addresses).write(context.paths) }
            state.setUp = .done(addresses: addresses)
            setUpFailures = 0
            await record(tornDown: false)
        } catch {
            setUpFailed(error)
        }
    }

    private mutating func setUpFailed(_ error: any Error) {
        setUpFailures += 1
        let retryAt = WallTime.now().adding(min(0.5 * Double(1 << min(setUpFailures - 1, 8)), 120))
        let text = String(describing: error)
        state.setUp = .failed(Problem(reason: "ContainerCreating", message: text, retryAt: retryAt))
        switch (error as? NodeError)?.code {
        case .volume?, .configuration?: context.events.warning(state.pod.object, "FailedMount", text)
        case .some:
            context.events.warning(
                state.pod.object, "FailedCreatePodSandBox", "Failed to create pod sandbox: \(text)")
        case nil: break  // the API is away; it has its own way of being noticed
        }
        context.log.warning("pod not set up", metadata: ["pod": "\(state.pod.fullName)", "error": "\(text)"])
    }

    /// Volumes of the pod as host paths; what exists already is left as it is.
    private mutating func prepareVolumes() async throws {
        guard volumes == nil else { return }
        let (context, pod) = (context, state.pod)
        let inputs = try await context.inputs(PodReferences.ofVolumes(pod), addresses: state.addresses)
        let planned = try VolumePlan(pod, inputs).volumes()
        let mounter = VolumeMounter(paths: context.paths)
        let sources = try await context.pool.run { try mounter.prepare(planned, pod: pod) }
        volumes = (planned, sources)
    }

    private mutating func tearDown() async {
        let (context, uid) = (context, state.pod.uid)
        do {
            try await context.pool.run {
                try context.engine.removeSandbox(uid)
                try VolumeMounter(paths: context.paths).release(podUID: uid)
            }
            state.setUp = .tornDown
            state.endRetryAt = nil
            if state.stop?.removes != true { await record(tornDown: true) }
        } catch {
            endFailed("FailedKillPod", error)
        }
    }

    private mutating func remove() async {
        let (context, pod) = (context, state.pod)
        if !pod.object.finalizers.isEmpty { await report() }
        do {
            if !hasVanished { try await deleteObject() }
            try await context.pool.run { try TreeRemoval.remove(context.paths.pod(pod.uid)) }
            isFinished = true
        } catch {
            endFailed("FailedKillPod", error)
        }
    }

    /// Only this very pod: one of the same name that came later is not ours to delete.
    private func deleteObject() async throws {
        let key = ObjectKey(.pods, namespace: state.pod.namespace, name: state.pod.name)
        do {
            try await context.client.delete(key, options: .init(gracePeriod: 0, uid: state.pod.uid))
        } catch let status as Status where status.code == 404 || status.code == 409 {
            return
        }
    }

    private mutating func endFailed(_ reason: String, _ error: any Error) {
        state.endRetryAt = WallTime.now().adding(error is NodeError ? 5 : 1)
        guard error is NodeError else { return }
        context.events.warning(state.pod.object, reason, "error killing pod: \(error)")
        context.log.error("pod not removed", metadata: ["pod": "\(state.pod.fullName)", "error": "\(error)"])
    }

    func record(tornDown: Bool) async {
        let (context, object, addresses) = (context, state.pod.object, state.addresses)
        do {
            try await context.pool.run {
                try PodRecord(bootID: Boot.id(), object: object, addresses: addresses, tornDown: tornDown)
                    .write(context.paths)
            }
        } catch {
            context.log.error("pod not recorded", metadata: ["pod": "\(state.pod.fullName)", "error": "\(error)"])
        }
    }

    // MARK: Containers

    private mutating func start(_ name: String) async {
        guard let container = state.pod.container(name) else { return }
        do {
            let setup = try await assemble(container)
            startFailures[name] = nil
            await start(container, setup)
        } catch {
            cannotStart(container, error)
        }
    }

    private mutating func assemble(_ container: ContainerSpec) async throws -> ContainerSetup {
        try await prepareVolumes()
        let (context, pod) = (context, state.pod)
        let keys = PodReferences.ofEnvironment(container, pod.namespace)
        let inputs = try await context.inputs(keys, addresses: state.addresses)
        let table = try await context.pool.run { try ImageTable.read(context.settings.imageTable) }
        let assembly = ContainerAssembly(
            pod: pod, container: container, inputs: inputs, image: table.entry(for: container.image),
            sources: volumes?.sources ?? [:], planned: volumes?.planned ?? [:],
            ownFiles: PodFiles.binds(context.paths, pod.uid))
        return try assembly.setup()
    }

    private mutating func start(_ container: ContainerSpec, _ setup: ContainerSetup) async {
        let (context, pod) = (context, state.pod)
        let id = ContainerID(podUID: pod.uid, name: container.name, attempt: state.beginAttempt(container.name))
        context.events.normal(pod.object, "Created", "Created container: \(id.name)", fieldPath: fieldPath(container))
        do {
            let startedAt = try await context.pool.run {
                let message = try TerminationMessage.prepare(id, container, context.paths)
                var setup = setup
                setup.binds.append(message)
                try context.engine.start(id, setup, in: pod.sandbox)
                return try context.engine.started(id)?.startedAt ?? .now()
            }
            state.containerStarted(container.name, at: startedAt)
            context.events.normal(
                pod.object, "Started", "Started container \(id.name)", fieldPath: fieldPath(container))
            await follow(id, container, hook: true)
            try await context.pool.run { try Attempts.prune(id, context.paths) }
        } catch {
            await startFailed(id, container, error)
        }
    }

    /// The command did not run: that is an end like any other, and is counted as a crash.
    private mutating func startFailed(_ id: ContainerID, _ container: ContainerSpec, _ error: any Error) async {
        let now = WallTime.now()
        state.containerExited(
            id.name,
            ContainerExit(code: 128, finishedAt: now, startedAt: nil, reason: "StartError", message: "\(error)"))
        context.events.warning(state.pod.object, "Failed", "Error: \(error)", fieldPath: fieldPath(container))
        backOffEvent(container)
    }

    private mutating func cannotStart(_ container: ContainerSpec, _ error: any Error) {
        let failures = (startFailures[container.name] ?? 0) + 1
        startFailures[container.name] = failures
        let code = (error as? NodeError)?.code
        let (reason, longest): (String, Double) =
            switch code {
            case .image?: (failures == 1 ? "ErrImagePull" : "ImagePullBackOff", 300)
            case .configuration?: ("CreateContainerConfigError", 30)
            case .some: ("CreateContainerError", 60)
            case nil: ("ContainerCreating", 2)
            }
        let wait = code == nil ? 1 : min(2 * Double(1 << min(failures, 8)), longest)
        let text = String(describing: error)
        state.containerFailedToStart(
            container.name, Problem(reason: reason, message: text, retryAt: WallTime.now().adding(wait)))
        guard code != nil else { return }
        let message = code == .image ? "Failed to pull image \"\(container.image)\": \(text)" : "Error: \(text)"
        context.events.warning(state.pod.object, "Failed", message, fieldPath: fieldPath(container))
    }

    func fieldPath(_ container: ContainerSpec) -> String {
        let isInit = state.pod.initContainers.contains { $0.name == container.name }
        return "spec.\(isInit ? "initContainers" : "containers"){\(container.name)}"
    }

    mutating func containerEnded(_ id: ContainerID) async {
        let context = context
        let container = state.pod.container(id.name) ?? ContainerSpec(.null)
        let exit: ContainerExit
        do {
            let found = try await context.pool.run { () -> ContainerExit? in
                switch try context.engine.record(of: id) {
                case .starting, .running: return nil
                case .absent: return .unknown("nothing is left of this run")
                case .exited(var exit):
                    exit.message = try TerminationMessage.read(id, container, exit, context.paths)
                    PodLoop.removeRoot(of: id, context)
                    return exit
                }
            }
            guard let found else { return lookAgain(id) }
            exit = found
        } catch {
            exit = .unknown("\(error)")
        }
        for task in probes.removeValue(forKey: id) ?? [] { task.cancel() }
        state.containerExited(id.name, exit)
        backOffEvent(container)
    }

    /// What stays behind is no reason to give the run another end: it goes with the pod.
    private static func removeRoot(of id: ContainerID, _ context: NodeContext) {
        do { try Attempts.removeRoot(id, context.paths) } catch {
            context.log.error("layer not removed", metadata: ["container": "\(id)", "error": "\(error)"])
        }
    }

    /// Its shim is still there: it has not said yet that it has started, or somebody was wrong about its end. Never at
    /// once, so that whoever is wrong all the time does not keep this machine busy.
    func lookAgain(_ id: ContainerID) {
        let (context, mailbox) = (context, mailbox)
        Task { @concurrent in
            try? await Task.sleep(for: .seconds(1))
            do {
                try await context.pool.run { try context.engine.onExit(of: id) { mailbox.yield(.exited(id)) } }
            } catch {
                context.log.error(
                    "end of container not watched", metadata: ["container": "\(id)", "error": "\(error)"])
                mailbox.yield(.exited(id))
            }
        }
    }

    private func backOffEvent(_ container: ContainerSpec) {
        let own = state[container.name]
        guard state.stop == nil, own.crashes > 1, let exit = own.exit, state.restarts(after: exit) else { return }
        let pod = "\(state.pod.name)_\(state.pod.namespace)(\(state.pod.uid))"
        context.events.warning(
            state.pod.object, "BackOff", "Back-off restarting failed container \(container.name) in pod \(pod)",
            fieldPath: fieldPath(container))
    }

    // MARK: Stopping

    private mutating func stop(_ name: String, grace: Double, reason: String) async {
        guard let container = state.pod.container(name), state[name].running != nil else { return }
        let id = ContainerID(podUID: state.pod.uid, name: name, attempt: state[name].attempt)
        state.toldToStop(name, killAt: WallTime.now().adding(grace))
        let text = reason == "Killing" ? "Stopping container \(name)" : "Container \(name) \(reason), will be restarted"
        context.events.normal(state.pod.object, "Killing", text, fieldPath: fieldPath(container))
        guard let hook = container.hook("preStop") else { return await terminate(id) }
        runStopHook(hook, id, container, within: grace)
    }

    func terminate(_ id: ContainerID) async { _ = await signal(id, SIGTERM) }

    private mutating func kill(_ name: String) async {
        let id = ContainerID(podUID: state.pod.uid, name: name, attempt: state[name].attempt)
        if await signal(id, SIGKILL) {
            state.killed(name)
        } else {
            state.toldToStop(name, killAt: WallTime.now().adding(1))
        }
    }

    /// False when it did not get there: the container is not running (its end is about to be heard of), or not known.
    private func signal(_ id: ContainerID, _ number: CInt) async -> Bool {
        let engine = context.engine
        do {
            return try await context.pool.run { try engine.signal(id, number) }
        } catch {
            context.log.error("signal not sent", metadata: ["container": "\(id)", "error": "\(error)"])
            return false
        }
    }
}
