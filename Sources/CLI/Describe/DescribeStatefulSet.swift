import Objects

enum DescribeStatefulSet {
    static func matchLabels(_ set: Object) -> [String: String] {
        DescribePod.stringMap(set["spec", "selector", "matchLabels"])
    }

    static func append(_ set: Object, _ pods: [Object], to text: inout DescribeText) {
        text.head(set, namespaced: true)
        text.field(0, "CreationTimestamp", Age.long(set.creationTimestamp))
        text.field(0, "Selector", LabelText.list(matchLabels(set)))
        text.labels(set)
        text.annotations(set)
        text.field(0, "Service Name", set.text("spec", "serviceName"))
        text.field(0, "Pod Management Policy", set.text("spec", "podManagementPolicy"))
        let wanted = set.text("spec", "replicas") ?? "1"
        text.field(0, "Replicas", "\(wanted) desired | \(set.text("status", "replicas") ?? "0") total")
        text.field(0, "Update Strategy", set.text("spec", "updateStrategy", "type"))
        if let partition = set.text("spec", "updateStrategy", "rollingUpdate", "partition") {
            text.field(1, "Partition", partition)
        }
        text.optional(1, "MaxUnavailable", set.text("spec", "updateStrategy", "rollingUpdate", "maxUnavailable"))
        if let policy = set["spec", "persistentVolumeClaimRetentionPolicy"] {
            text.line(0, "Persistent Volume Claim Retention Policy:")
            text.field(1, "WhenDeleted", policy.text("whenDeleted"))
            text.field(1, "WhenScaled", policy.text("whenScaled"))
        }
        text.field(0, "Pods Status", status(pods))
        template(Object(set["spec", "template"] ?? .object(JSONObject())), to: &text)
        claims(set, to: &text)
    }

    private static func status(_ pods: [Object]) -> String {
        func count(_ phase: String) -> Int { pods.filter { $0.text("status", "phase") == phase }.count }
        return
            "\(count("Running")) Running / \(count("Pending")) Waiting / \(count("Succeeded")) Succeeded / \(count("Failed")) Failed"
    }

    static func template(_ pod: Object, to text: inout DescribeText) {
        var inner = DescribeText()
        inner.labels(pod)
        if !pod.annotations.isEmpty { inner.annotations(pod) }
        inner.optional(0, "Service Account", pod.text("spec", "serviceAccountName"))
        for (title, field) in [("Init Containers", "initContainers"), ("Containers", "containers")] {
            let containers = pod["spec", field]?.array ?? []
            guard !containers.isEmpty else { continue }
            inner.line(0, "\(title):")
            for container in containers { DescribeContainer.append(container, nil, inTemplate: true, to: &inner) }
        }
        DescribeVolumes.append(pod["spec", "volumes"]?.array ?? [], to: &inner)
        inner.map(0, "Node-Selectors", DescribePod.stringMap(pod["spec", "nodeSelector"]))
        DescribePod.tolerations(pod, to: &inner)
        text.line(0, "Pod Template:")
        for line in inner.lines { text.line(1, line) }
    }

    private static func claims(_ set: Object, to text: inout DescribeText) {
        let claims = set["spec", "volumeClaimTemplates"]?.array ?? []
        guard !claims.isEmpty else { return text.field(0, "Volume Claims", "<none>") }
        text.line(0, "Volume Claims:")
        for claim in claims {
            let object = Object(claim)
            text.field(1, "Name", object.name)
            text.field(1, "StorageClass", object.text("spec", "storageClassName"))
            text.map(1, "Labels", object.labels)
            text.map(1, "Annotations", object.annotations)
            text.field(1, "Capacity", object.text("spec", "resources", "requests", "storage"))
            let modes = object["spec", "accessModes"]?.array?.map(JSONPath.display).joined(separator: " ") ?? ""
            text.field(1, "Access Modes", "[\(modes)]")
        }
    }
}
