package import Objects

/// What a pod's worker is told. Anything about a container names its attempt: what comes late is recognised.
package enum PodEvent: Sendable {
    /// The object as it is now in the API.
    case object(Object)
    /// It is gone from the API.
    case vanished(Object?)
    case exited(ContainerID)
    case probed(ContainerID, ProbeKind, success: Bool, message: String)
    /// postStart is through; a text says what went wrong.
    case started(ContainerID, problem: String?)
    /// preStop is through: now SIGTERM.
    case stopHookFinished(ContainerID)
    /// Look again: a time has come, or the API is back.
    case wake
}
