import Objects

/// A pod that somebody else has declared dead: it is not started again, and what still runs of it is stopped.
enum ForeignEnd {
    /// Written by the scheduler on the pods that it binds: the node's boot ID at that time.
    static let bootAnnotation = "berth.dev/boot-id"

    /// What a status of phase Failed says that is not our own report.
    static func of(_ pod: Object, _ state: PodState) -> PodState.Stop? {
        guard pod["status", "phase"]?.string == "Failed", state.stop == nil, state.verdict == nil else { return nil }
        return .init(
            grace: state.pod.gracePeriod, reason: pod["status", "reason"]?.string ?? "Failed",
            message: pod["status", "message"]?.string ?? "", removes: false)
    }

    /// A pod of an earlier boot whose controller will replace it; one that nobody would replace starts over here.
    static func byReboot(_ pod: Object, bootID: String, grace: Double) -> PodState.Stop? {
        guard let started = pod.annotation(bootAnnotation), started != bootID,
            pod["status", "startTime"]?.string != nil,
            (pod["metadata", "ownerReferences"]?.array ?? []).contains(where: { $0["controller"]?.bool == true })
        else { return nil }
        return .init(
            grace: grace, reason: "NodeRebooted",
            message: "The machine was restarted: the processes of this pod ended with it.", removes: false)
    }
}
