import Objects

extension Strategy {
    static let persistentVolume = Strategy(
        initialStatus: { _, now in ["phase": "Pending", "lastPhaseTransitionTime": .string(now.rfc3339)] },
        stamp: { volume, old, now in
            guard volume["status", "phase"] != old["status", "phase"] else { return }
            let time = volume["status", "lastPhaseTransitionTime"]
            if time == nil || time == old["status", "lastPhaseTransitionTime"] {
                volume["status", "lastPhaseTransitionTime"] = .string(now.rfc3339)
            }
        })

    static let persistentVolumeClaim = Strategy(
        initialStatus: { _, _ in ["phase": "Pending"] },
        prepareCreate: { claim, _ in mirrorDataSource(&claim) },
        prepareUpdate: { claim, _, _ in mirrorDataSource(&claim) })

    static let volumeAttachment = Strategy(
        allowsUnconditionalUpdate: false,
        initialStatus: { _, _ in ["attached": false] },
        prepareStatus: { attachment, old, _ in
            let managed = attachment["metadata", "managedFields"]
            attachment["metadata"] = old["metadata"]
            attachment["metadata", "managedFields"] = managed
        })

    /// `dataSource` and `dataSourceRef` say the same unless the reference is to another namespace.
    private static func mirrorDataSource(_ claim: inout Object) {
        let source = claim["spec", "dataSource"]
        let reference = claim["spec", "dataSourceRef"]
        if let source, reference == nil {
            claim["spec", "dataSourceRef"] = source
        } else if source == nil, let reference, reference["namespace"]?.string ?? "" == "",
            let kind = reference["kind"]?.string
        {
            let group = reference["apiGroup"]?.string ?? ""
            let isVolumeSource =
                group.isEmpty && kind == "PersistentVolumeClaim"
                || group == "snapshot.storage.k8s.io" && kind == "VolumeSnapshot"
            if isVolumeSource { claim["spec", "dataSource"] = reference }
        }
    }
}
