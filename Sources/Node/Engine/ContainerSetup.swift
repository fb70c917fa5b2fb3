/// One volume (or file) at its place in a container.
package struct Bind: Sendable, Hashable {
    /// On the host.
    package var source: String
    /// Below the source; must not leave it, nor go through a symbolic link.
    package var subPath: String?
    /// In the container; made if missing, in the container's own layer.
    package var target: String
    package var readOnly: Bool
    /// A symbolic link at the target makes place (/etc/resolv.conf).
    package var replacesLink: Bool

    package init(
        source: String, subPath: String? = nil, target: String, readOnly: Bool = false, replacesLink: Bool = false
    ) {
        self.source = source
        self.subPath = subPath
        self.target = target
        self.readOnly = readOnly
        self.replacesLink = replacesLink
    }
}

/// Names one run of a container: a restart is a new attempt.
package struct ContainerID: Sendable, Hashable, CustomStringConvertible {
    package var podUID: String
    package var name: String
    package var attempt: Int

    package init(podUID: String, name: String, attempt: Int) {
        self.podUID = podUID
        self.name = name
        self.attempt = attempt
    }

    /// The form in status.containerStatuses[].containerID.
    package var description: String { "process://\(podUID)/\(name)/\(attempt)" }
}

/// Who a process in a container is.
package struct Identity: Sendable, Hashable {
    package var user: UInt32 = 0
    package var group: UInt32 = 0
    package var groups: [UInt32] = []
    /// Bit n is capability n.
    package var capabilities: UInt64 = Capabilities.standard
    package var noNewPrivileges = false
    package var privileged = false

    package init() {}
}

/// Everything a container needs to start; all names and variables are resolved.
package struct ContainerSetup: Sendable, Hashable {
    package var arguments: [String]
    /// `NAME=value`
    package var environment: [String]
    package var workingDirectory = "/"
    package var identity = Identity()
    package var binds: [Bind] = []
    /// The lower layer of the root file system: `/` is the host's.
    package var root = "/"
    package var readOnlyRoot = false
    package var terminal = false
    package var stdin = false

    package init(arguments: [String], environment: [String]) {
        self.arguments = arguments
        self.environment = environment
    }
}

/// What a pod's containers share.
package struct SandboxSetup: Sendable, Hashable {
    package var podUID: String
    package var hostname: String
    /// No network namespace of its own.
    package var hostNetwork: Bool

    package init(podUID: String, hostname: String, hostNetwork: Bool = false) {
        self.podUID = podUID
        self.hostname = hostname
        self.hostNetwork = hostNetwork
    }
}

/// What is known of one run of a container, from the files of its shim.
package enum ContainerRecord: Sendable, Hashable {
    /// Never got as far as a shim.
    case absent
    /// The shim is there; its command is about to start.
    case starting
    case running(startedAt: WallTime)
    case exited(ContainerExit)
}

package struct ContainerExit: Sendable, Hashable {
    package var code: Int32
    package var finishedAt: WallTime
    package var startedAt: WallTime?
    /// Completed, Error, StartError, or ContainerStatusUnknown when nobody could record it.
    package var reason: String
    package var message: String

    package init(code: Int32, finishedAt: WallTime, startedAt: WallTime?, reason: String, message: String = "") {
        self.code = code
        self.finishedAt = finishedAt
        self.startedAt = startedAt
        self.reason = reason
        self.message = message
    }

    /// An end that nobody recorded.
    static func unknown(_ message: String) -> ContainerExit {
        ContainerExit(
            code: 137, finishedAt: .now(), startedAt: nil, reason: "ContainerStatusUnknown", message: message)
    }
}
