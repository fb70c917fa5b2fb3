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
        prepareCreate: { claim, _ in settleDataSource(&claim, nil) },
        prepareUpdate: { claim, old, _ in settleDataSource(&claim, old) })

    /// No drivers at all are null, which is what upstream's storage makes of an empty list.
    static let csiNode = Strategy(
        allowsUnconditionalUpdate: false,
        prepareCreate: { node, _ in dropNoDrivers(&node) }, prepareUpdate: { node, _, _ in dropNoDrivers(&node) })

    private static func dropNoDrivers(_ node: inout Object) {
        if node["spec", "drivers"]?.array?.isEmpty == true { node["spec", "drivers"] = .null }
    }

    static let volumeAttachment = Strategy(
        allowsUnconditionalUpdate: false,
        initialStatus: { _, _ in ["attached": false] },
        prepareStatus: { attachment, old, _ in
            let managed = attachment["metadata", "managedFields"]
            attachment["metadata"] = old["metadata"]
            attachment["metadata", "managedFields"] = managed
        })

    /// `dataSource` and `dataSourceRef` say the same. Of a claim that had neither, a `dataSource` that is neither claim
    /// nor snapshot is dropped, as ever, if that field is all there is; so is a reference into another namespace, which
    /// is alpha.
    private static func settleDataSource(_ claim: inout Object, _ old: Object?) {
        let had = old?["spec", "dataSource"] != nil || old?["spec", "dataSourceRef"] != nil
        if old?["spec", "dataSourceRef"] == nil, claim["spec", "dataSourceRef", "namespace"]?.string ?? "" != "" {
            claim["spec", "dataSourceRef"] = nil
        }
        let (source, reference) = (claim["spec", "dataSource"], claim["spec", "dataSourceRef"])
        if let source, reference == nil {
            if had || isClaimOrSnapshot(source) {
                claim["spec", "dataSourceRef"] = source
            } else {
                claim["spec", "dataSource"] = nil
            }
        } else if source == nil, let reference, reference["namespace"]?.string ?? "" == "" {
            claim["spec", "dataSource"] = reference
            claim["spec", "dataSource", "namespace"] = nil
        }
    }

    private static func isClaimOrSnapshot(_ source: JSON) -> Bool {
        let (group, kind) = (source["apiGroup"]?.string ?? "", source["kind"]?.string ?? "")
        return group.isEmpty && kind == "PersistentVolumeClaim"
            || group == "snapshot.storage.k8s.io" && kind == "VolumeSnapshot"
    }
}
