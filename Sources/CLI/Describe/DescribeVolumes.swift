import Objects

/// Volumes of pods and sources of persistent volumes.
enum DescribeVolumes {
    private static let titles = [
        "hostPath": "HostPath (bare host directory volume)",
        "emptyDir": "EmptyDir (a temporary directory that shares a pod's lifetime)",
        "persistentVolumeClaim": "PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)",
        "configMap": "ConfigMap (a volume populated by a ConfigMap)",
        "secret": "Secret (a volume populated by a Secret)",
        "projected": "Projected (a volume that contains injected data from multiple sources)",
        "downwardAPI": "DownwardAPI (a volume populated by information about the pod)",
        "local": "LocalVolume (a persistent volume backed by local storage on a node)",
        "nfs": "NFS (an NFS mount that lasts the lifetime of a pod)",
        "rbd": "RBD (a Rados Block Device mount on the host that shares a pod's lifetime)",
        "iscsi":
            "ISCSI (an ISCSI Disk resource that is attached to a kubelet's host machine and then exposed to the pod)",
        "cephfs": "CephFS (a CephFS mount on the host that shares a pod's lifetime)",
        "fc": "FC (a Fibre Channel disk)",
        "glusterfs": "Glusterfs (a Glusterfs mount on the host that shares a pod's lifetime)",
        "csi": "CSI (a Container Storage Interface (CSI) volume source)",
        "ephemeral":
            "EphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)",
    ]
    private static let names = [
        "type": "HostPathType", "monitors": "CephMonitors", "image": "RBDImage", "pool": "RBDPool", "user": "RadosUser",
        "keyring": "Keyring", "secretRef": "SecretRef", "fsType": "FSType", "volumeHandle": "VolumeHandle",
        "volumeAttributes": "VolumeAttributes", "claimName": "ClaimName", "medium": "Medium", "sizeLimit": "SizeLimit",
        "secretName": "SecretName",
    ]
    /// Fields that are shown even when the object does not have them.
    private static let always: [String: [(field: String, text: String)]] = [
        "hostPath": [("path", ""), ("type", "")],
        "emptyDir": [("medium", ""), ("sizeLimit", "<unset>")],
        "persistentVolumeClaim": [("claimName", ""), ("readOnly", "false")],
        "rbd": [
            ("monitors", "[]"), ("image", ""), ("fsType", ""), ("pool", ""), ("user", ""), ("keyring", ""),
            ("secretRef", "nil"), ("readOnly", "false"),
        ],
    ]

    static func append(_ volumes: [JSON], to text: inout DescribeText, title: String = "Volumes") {
        guard !volumes.isEmpty else { return text.field(0, title, "<none>") }
        text.line(0, "\(title):")
        for volume in volumes {
            text.line(1, "\(volume.text("name") ?? ""):")
            source(volume.object?.members.filter { $0.key != "name" } ?? [], to: &text)
        }
    }

    static func source(_ members: [JSONObject.Member], to text: inout DescribeText) {
        guard let (kind, value) = members.first(where: { $0.value.object != nil }) else {
            return text.field(2, "Type", "<unknown>")
        }
        text.field(2, "Type", titles[kind] ?? kind)
        var shown: Set<String> = []
        for (field, fallback) in always[kind] ?? [] {
            text.field(2, title(field), value[field].map(display) ?? fallback)
            shown.insert(field)
        }
        for (field, value) in value.object?.members ?? [] where !shown.contains(field) {
            text.field(2, title(field), display(value))
        }
    }

    private static func title(_ field: String) -> String {
        names[field] ?? field.prefix(1).uppercased() + field.dropFirst()
    }

    private static func display(_ value: JSON) -> String {
        if let elements = value.array { return "[\(elements.map(JSONPath.display).joined(separator: " "))]" }
        return JSONPath.display(value)
    }
}
