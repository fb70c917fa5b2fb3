/// Why something does not go on, in the words of a waiting container's `reason` and `message`.
package struct Problem: Sendable, Hashable {
    package var reason: String
    package var message: String
    /// When it is tried again.
    package var retryAt: WallTime

    package init(reason: String, message: String, retryAt: WallTime) {
        self.reason = reason
        self.message = message
        self.retryAt = retryAt
    }
}

/// All that the node knows about one container of a pod.
package struct ContainerState: Sendable, Hashable {
    package struct Running: Sendable, Hashable {
        package var startedAt: WallTime
        /// postStart and the startup probe, if there are any, have succeeded.
        package var started: Bool
        package var ready: Bool
        /// Set once it has been told to stop.
        package var killAt: WallTime?
        package var killed = false
    }
    package enum Run: Sendable, Hashable {
        case never
        case running(Running)
        case exited(ContainerExit)
    }

    package var run: Run = .never
    /// Of the current (or last) run; also the restart count.
    package var attempt = 0
    /// How the run before the current one ended.
    package var previous: ContainerExit?
    /// Exits that followed each other without a long run in between.
    package var crashes = 0
    /// The next start failed before it began, or has to wait.
    package var problem: Problem?

    package init() {}

    package var running: Running? { if case .running(let running) = run { running } else { nil } }
    package var exit: ContainerExit? { if case .exited(let exit) = run { exit } else { nil } }
}

/// All that the node knows about one pod.
package struct PodState: Sendable, Hashable {
    package enum SetUp: Sendable, Hashable {
        case needed
        case failed(Problem)
        /// Volumes are there, the sandbox is up.
        case done(addresses: [String])
        /// Nothing runs any more; the address has been given back.
        case tornDown
    }
    /// The pod is to end.
    package struct Stop: Sendable, Hashable {
        package var grace: Double
        /// For events and the pod's status.
        package var reason: String
        package var message: String
        /// The object is deleted (or gone), so the pod's files go too; otherwise it has failed and stays to be read.
        package var removes: Bool
    }

    package var pod: PodSpec
    package var setUp: SetUp = .needed
    package var containers: [String: ContainerState] = [:]
    package var stop: Stop?
    /// The last step of an end did not work; not before this time again.
    package var endRetryAt: WallTime?
    /// status.startTime
    package var startTime: WallTime
    /// The last known addresses: they stay in the status of a pod that has ended.
    package var addresses: [String] = []

    package init(pod: PodSpec, startTime: WallTime) {
        self.pod = pod
        self.startTime = startTime
        for container in pod.allContainers { containers[container.name] = ContainerState() }
    }

    package subscript(name: String) -> ContainerState {
        get { containers[name] ?? ContainerState() }
        set { containers[name] = newValue }
    }

    package var isAnythingRunning: Bool { containers.values.contains { $0.running != nil } }
}

/// kubelet's crash back-off: at once, then 10 s, doubled up to 5 minutes, forgotten after ten minutes of running.
package enum CrashBackoff {
    package static func delay(crashes: Int) -> Double {
        crashes <= 1 ? 0 : min(10 * Double(1 << min(crashes - 2, 10)), 300)
    }
    package static let forgottenAfter = 600.0
}
