package import Objects

/// What becomes of a pod whose node is gone, or is in another life than the one that started the pod.
package enum LostPodDecision: Sendable, Equatable {
    case nothing
    /// Its processes are dead and somebody will make another: it ends as Failed.
    case fail(reason: String, message: String)
    /// Nobody is left who could end it in an orderly way.
    case remove
    /// From now on the pod belongs to this boot.
    case stamp(boot: String)

    /// - Parameter node: the pod's node, nil if there is no such object.
    package static func decide(_ pod: Object, node: Object?) -> LostPodDecision {
        guard let name = pod["spec", "nodeName"]?.string, !name.isEmpty else { return .nothing }
        let state = PodState(pod)
        guard let node else {
            if pod.isBeingDeleted || state.isFinished { return .remove }
            return .fail(reason: "NodeLost", message: "PodGC: node no longer exists")
        }
        guard let boot = BootRecord.current(node) else { return .nothing }
        guard let started = pod.annotation(BootRecord.annotation) else {
            return state.isFinished ? .nothing : .stamp(boot: boot)
        }
        if started == boot || state.isFinished { return .nothing }
        if pod.isBeingDeleted { return .remove }
        // A pod that nobody would replace is started again where it is, by the node agent.
        guard hasStarted(pod, state), pod.controllerReference != nil else { return .stamp(boot: boot) }
        return .fail(
            reason: "NodeRebooted", message: "The machine was restarted: the processes of this pod ended with it.")
    }

    private static func hasStarted(_ pod: Object, _ state: PodState) -> Bool {
        state.phase == "Running" || pod["status", "startTime"]?.string != nil
    }
}
