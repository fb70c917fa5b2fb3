import Objects

enum DescribeVolume {
    private static let plainFields: Set = [
        "capacity", "accessModes", "claimRef", "persistentVolumeReclaimPolicy", "storageClassName", "mountOptions",
        "volumeMode", "nodeAffinity", "volumeAttributesClassName",
    ]

    static func append(_ volume: Object, to text: inout DescribeText) {
        text.head(volume, namespaced: false)
        text.labels(volume)
        text.annotations(volume)
        text.field(0, "Finalizers", "[\(volume.finalizers.joined(separator: " "))]")
        text.field(0, "StorageClass", volume.text("spec", "storageClassName"))
        if volume.isBeingDeleted {
            text.field(0, "Status", "Terminating (lasts \(Age.since(volume.deletionTimestamp ?? "")))")
        } else {
            text.field(0, "Status", volume.text("status", "phase"))
        }
        text.field(0, "Claim", claim(volume))
        text.field(0, "Reclaim Policy", volume.text("spec", "persistentVolumeReclaimPolicy"))
        text.field(0, "Access Modes", AccessModes.text(volume["spec", "accessModes"]))
        text.optional(0, "VolumeMode", volume.text("spec", "volumeMode"))
        text.field(0, "Capacity", volume.text("spec", "capacity", "storage"))
        affinity(volume, to: &text)
        text.field(0, "Message", volume.text("status", "message"))
        text.optional(0, "Reason", volume.text("status", "reason"))
        text.line(0, "Source:")
        let members = volume["spec"]?.object?.members.filter { !plainFields.contains($0.key) } ?? []
        DescribeVolumes.source(members, to: &text)
    }

    private static func claim(_ volume: Object) -> String {
        guard let name = volume.text("spec", "claimRef", "name") else { return "" }
        return "\(volume.text("spec", "claimRef", "namespace") ?? "")/\(name)"
    }

    private static func affinity(_ volume: Object, to text: inout DescribeText) {
        guard let required = volume["spec", "nodeAffinity", "required"] else {
            return text.field(0, "Node Affinity", "<none>")
        }
        text.line(0, "Node Affinity:")
        let terms = required["nodeSelectorTerms"]?.array ?? []
        guard !terms.isEmpty else { return text.field(1, "Required Terms", "<none>") }
        text.line(1, "Required Terms:")
        for (index, term) in terms.enumerated() {
            let expressions = (term["matchExpressions"]?.array ?? []) + (term["matchFields"]?.array ?? [])
            for (number, expression) in expressions.enumerated() {
                text.line(2, (number == 0 ? "Term \(index):" : "") + "\t" + self.expression(expression))
            }
        }
    }

    private static func expression(_ expression: JSON) -> String {
        let values = expression["values"]?.array?.map(JSONPath.display).joined(separator: ", ") ?? ""
        let operation = (expression.text("operator") ?? "").lowercased()
        return "\(expression.text("key") ?? "") \(operation)" + (values.isEmpty ? "" : " [\(values)]")
    }
}

extension DescribeText {
    /// Adds another text's lines, some levels further to the left.
    mutating func append(_ other: DescribeText, outdented levels: Int) {
        for line in other.lines { self.line(0, String(line.dropFirst(2 * levels))) }
    }
}
