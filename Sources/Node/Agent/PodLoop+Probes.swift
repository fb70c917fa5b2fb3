import Logging
import Objects

extension PodLoop {
    /// Everything that goes on beside a running container: hearing of its end, postStart, probes.
    mutating func follow(_ id: ContainerID, _ container: ContainerSpec, hook: Bool) async {
        let (engine, mailbox) = (context.engine, mailbox)
        do {
            try await context.pool.run { try engine.onExit(of: id) { mailbox.yield(.exited(id)) } }
        } catch {
            context.log.error("end of container not watched", metadata: ["container": "\(id)", "error": "\(error)"])
            lookAgain(id)
        }
        if hook, let action = container.hook("postStart") {
            runStartHook(action, id, container)
        } else {
            state.hookFinished(id.name)
            startProbes(id, container)
        }
    }

    private mutating func startProbes(_ id: ContainerID, _ container: ContainerSpec) {
        guard let running = state[id.name].running else { return }
        let kinds: [ProbeKind] = running.started ? [.liveness, .readiness] : [.startup]
        let specs = kinds.compactMap { container.probe($0) }
        let prober = Prober(context: context, pod: state.pod, id: id, container: container, addresses: probeAddresses)
        let mailbox = mailbox
        for spec in specs {
            let task = Task { @concurrent in
                await prober.run(spec, startedAt: running.startedAt) { success, message in
                    mailbox.yield(.probed(id, spec.kind, success: success, message: message))
                }
            }
            probes[id, default: []].append(task)
        }
    }

    private var probeAddresses: [String] { state.pod.hostNetwork ? ["127.0.0.1"] : state.addresses }

    // MARK: Results

    mutating func probed(_ id: ContainerID, _ kind: ProbeKind, success: Bool, message: String) {
        guard let container = state.pod.container(id.name) else { return }
        if !success {
            context.events.warning(
                state.pod.object, "Unhealthy", "\(kind.rawValue) probe failed: \(message)",
                fieldPath: fieldPath(container))
        }
        switch (kind, success) {
        case (.readiness, _): state.readinessChanged(id.name, success)
        case (.startup, true):
            state.started(id.name)
            for task in probes.removeValue(forKey: id) ?? [] { task.cancel() }
            startProbes(id, container)
        case (.liveness, true): break
        case (.startup, false), (.liveness, false): restart(id, container, kind)
        }
    }

    /// Told to stop like any other; when it has ended, the plan starts it again.
    private mutating func restart(_ id: ContainerID, _ container: ContainerSpec, _ kind: ProbeKind) {
        guard state[id.name].running?.killAt == nil else { return }
        let grace = container.probe(kind)?.gracePeriod ?? state.pod.gracePeriod
        state.toldToStop(id.name, killAt: WallTime.now().adding(grace))
        context.events.normal(
            state.pod.object, "Killing",
            "Container \(id.name) failed \(kind.rawValue.lowercased()) probe, will be restarted",
            fieldPath: fieldPath(container))
        if let hook = container.hook("preStop") {
            runStopHook(hook, id, container, within: grace)
        } else {
            mailbox.yield(.stopHookFinished(id))
        }
    }

    // MARK: Hooks

    private func runStartHook(_ hook: JSON, _ id: ContainerID, _ container: ContainerSpec) {
        let prober = Prober(context: context, pod: state.pod, id: id, container: container, addresses: probeAddresses)
        let mailbox = mailbox
        Task { @concurrent in
            let (success, message) = await prober.perform(hook, timeout: 3600)
            mailbox.yield(.started(id, problem: success ? nil : message))
        }
    }

    func runStopHook(_ hook: JSON, _ id: ContainerID, _ container: ContainerSpec, within grace: Double) {
        let prober = Prober(context: context, pod: state.pod, id: id, container: container, addresses: probeAddresses)
        let (context, mailbox, object, path) = (context, mailbox, state.pod.object, fieldPath(container))
        Task { @concurrent in
            let (success, message) = await prober.perform(hook, timeout: grace)
            if !success { context.events.warning(object, "FailedPreStopHook", message, fieldPath: path) }
            mailbox.yield(.stopHookFinished(id))
        }
    }

    mutating func hookFinished(_ id: ContainerID, _ problem: String?) {
        guard let container = state.pod.container(id.name) else { return }
        guard let problem else {
            state.hookFinished(id.name)
            return startProbes(id, container)
        }
        context.events.warning(
            state.pod.object, "FailedPostStartHook", "PostStartHook failed: \(problem)", fieldPath: fieldPath(container)
        )
        state.toldToStop(id.name, killAt: WallTime.now().adding(state.pod.gracePeriod))
        mailbox.yield(.stopHookFinished(id))
    }
}
