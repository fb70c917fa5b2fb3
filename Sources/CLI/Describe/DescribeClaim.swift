import Objects

enum DescribeClaim {
    static func append(_ claim: Object, _ pods: [Object], to text: inout DescribeText) {
        text.head(claim, namespaced: true)
        append(spec: claim, to: &text)
        text.field(0, "Used By", pods.isEmpty ? "<none>" : pods[0].name)
        for pod in pods.dropFirst() { text.line(0, "\t\(pod.name)") }
        let conditions = claim["status", "conditions"]?.array ?? []
        guard !conditions.isEmpty else { return }
        text.line(0, "Conditions:")
        text.line(1, "Type\tStatus\tLastProbeTime\tLastTransitionTime\tReason\tMessage")
        text.line(1, "----\t------\t-----------------\t------------------\t------\t-------")
        for condition in conditions {
            let cells = ["type", "status", "lastProbeTime", "lastTransitionTime", "reason", "message"]
            text.line(1, cells.map { condition.text($0) ?? "" }.joined(separator: " \t"))
        }
    }

    private static func append(spec claim: Object, to text: inout DescribeText) {
        text.field(0, "StorageClass", claim.text("spec", "storageClassName"))
        if claim.isBeingDeleted {
            text.field(0, "Status", "Terminating (lasts \(Age.since(claim.deletionTimestamp ?? "")))")
        } else {
            text.field(0, "Status", claim.text("status", "phase"))
        }
        text.field(0, "Volume", claim.text("spec", "volumeName"))
        text.labels(claim)
        text.annotations(claim)
        text.field(0, "Finalizers", "[\(claim.finalizers.joined(separator: " "))]")
        let isBound = !(claim.text("spec", "volumeName") ?? "").isEmpty
        text.field(0, "Capacity", isBound ? claim.text("status", "capacity", "storage") : "")
        text.field(0, "Access Modes", isBound ? AccessModes.text(claim["status", "accessModes"]) : "")
        text.optional(0, "VolumeMode", claim.text("spec", "volumeMode"))
        for (field, title) in [("dataSource", "DataSource"), ("dataSourceRef", "DataSourceRef")] {
            guard let source = claim["spec", field], field == "dataSource" || claim["spec", "dataSource"] == nil else {
                continue
            }
            text.line(0, "\(title):")
            text.field(1, "APIGroup", source.text("apiGroup"))
            text.field(1, "Kind", source.text("kind"))
            text.field(1, "Name", source.text("name"))
        }
    }

    static func uses(_ pod: Object, claim: String) -> Bool {
        (pod["spec", "volumes"]?.array ?? []).contains { $0.text("persistentVolumeClaim", "claimName") == claim }
    }
}
