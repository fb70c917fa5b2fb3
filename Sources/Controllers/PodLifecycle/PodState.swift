package import Objects
import Registry

/// What controllers ask of a pod, read once.
package struct PodState: Sendable {
    /// Empty for a pod that was not created yet; the API gives every other one a phase.
    package let phase: String
    /// Condition Ready is True.
    package let isReady: Bool
    /// When condition Ready last changed, in seconds since 1970; nil if it does not say.
    package let readySince: Int64?
    package let isTerminating: Bool

    package init(_ pod: Object) {
        let status = pod["status"]
        phase = status?["phase"]?.string ?? (pod.uid.isEmpty ? "" : "Pending")
        isTerminating = pod.isBeingDeleted
        let ready = status?["conditions"]?.array?.first { $0["type"]?.string == "Ready" }
        isReady = ready?["status"]?.string == "True"
        readySince = ready?["lastTransitionTime"]?.string.flatMap { Timestamp(rfc3339: $0)?.seconds }
    }

    package var isCreated: Bool { !phase.isEmpty }
    package var isPending: Bool { phase == "Pending" }
    /// Failed or Succeeded: none of its containers will run again.
    package var isFinished: Bool { phase == "Failed" || phase == "Succeeded" }
    package var isRunningAndReady: Bool { phase == "Running" && isReady }

    /// Ready for at least `minReadySeconds` at the time `now`.
    package func isAvailable(minReadySeconds: Int, now: Int64) -> Bool {
        guard isReady else { return false }
        if minReadySeconds == 0 { return true }
        guard let readySince else { return false }
        return readySince + Int64(minReadySeconds) < now
    }
}
