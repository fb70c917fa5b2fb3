package import Objects

/// Names that the provisioner shares with the controllers and with upstream's external-provisioner.
package enum ProvisionerNames {
    package static let provisioner = "berth/local"
    static let storageProvisioner = [
        "volume.kubernetes.io/storage-provisioner", "volume.beta.kubernetes.io/storage-provisioner",
    ]
    static let selectedNode = "volume.kubernetes.io/selected-node"
    package static let provisionedBy = "pv.kubernetes.io/provisioned-by"
    /// Holds a volume that is deleted until its data is in the trash, as upstream's external-provisioner does.
    package static let finalizer = "external-provisioner.volume.kubernetes.io/finalizer"
    /// On a volume: whether it can be filled beyond its size.
    package static let sizeLimit = "berth/size-limit"
    static let betaStorageClass = "volume.beta.kubernetes.io/storage-class"
    /// On the volume's JSON in the trash: when it was thrown away, RFC 3339.
    package static let deletedAt = "berth/deleted-at"
    /// Beside it: in which boot, and how many seconds after its start.
    package static let deletedInBoot = "berth/deleted-in-boot"
}

/// What to do about a claim.
package enum ProvisionDecision: Sendable, Hashable {
    /// Not ours, done already, or not yet.
    case nothing
    /// It cannot be done; an event on the claim says why.
    case refuse(String)
    case provision(volume: Object, directory: String, mode: UInt32, bytes: UInt64)
}

/// Decides about provisioning for one node. Pure.
package struct ProvisionPolicy: Sendable {
    package var nodeName: String
    package var volumeRoot: String

    package init(nodeName: String, volumeRoot: String) {
        self.nodeName = nodeName
        self.volumeRoot = volumeRoot
    }

    /// Whether the claim waits for this provisioner; its class says the rest.
    package func className(_ claim: Object) -> String? {
        let asked = ProvisionerNames.storageProvisioner.contains {
            claim.annotation($0) == ProvisionerNames.provisioner
        }
        guard asked, !claim.isBeingDeleted, (claim["spec", "volumeName"]?.string ?? "").isEmpty else { return nil }
        return claim.annotation(ProvisionerNames.betaStorageClass) ?? claim["spec", "storageClassName"]?.string
    }

    package func decide(_ claim: Object, class storageClass: Object) -> ProvisionDecision {
        guard storageClass["provisioner"]?.string == ProvisionerNames.provisioner else { return .nothing }
        let selected = claim.annotation(ProvisionerNames.selectedNode)
        if let selected, selected != nodeName { return .nothing }
        if selected == nil, storageClass["volumeBindingMode"]?.string == "WaitForFirstConsumer" { return .nothing }
        guard NodePaths.isPlainUID(claim.uid) else { return .refuse("the claim's UID is not one: \(claim.uid)") }
        if claim["spec", "volumeMode"]?.string == "Block" {
            return .refuse("berth/local makes directories; volumeMode Block needs another provisioner")
        }
        if claim["spec", "selector"]?.object != nil { return .refuse("claim Selector is not supported") }
        for field in ["dataSource", "dataSourceRef"] where claim["spec", field]?.object != nil {
            return .refuse("berth/local makes empty directories; \(field) is not supported")
        }
        guard let size = claim["spec", "resources", "requests", "storage"] else {
            return .refuse("the claim asks for no size")
        }
        guard let bytes = Quantity(size), bytes.value > 0 else {
            return .refuse("the claim's size is not one: \(size.string ?? "")")
        }
        let modeText = storageClass["parameters", "mode"]?.string ?? "0777"
        guard let mode = UInt32(modeText, radix: 8), mode <= 0o7777 else {
            return .refuse("parameter mode of class \(storageClass.name) is not an octal mode: \(modeText)")
        }
        let directory = ProvisionPolicy.directory(claim.uid)
        return .provision(
            volume: volume(claim, storageClass, size, directory: directory), directory: directory, mode: mode,
            bytes: UInt64(bytes.value))
    }

    /// By the UID only: nothing a user can choose becomes part of a path (CVE-2025-62878).
    package static func directory(_ claimUID: String) -> String { "pvc-\(claimUID)" }

    private func volume(_ claim: Object, _ storageClass: Object, _ size: JSON, directory: String) -> Object {
        var spec: JSON = [
            "capacity": ["storage": size], "accessModes": claim["spec", "accessModes"] ?? ["ReadWriteOnce"],
            "persistentVolumeReclaimPolicy": storageClass["reclaimPolicy"] ?? "Delete",
            "storageClassName": .string(storageClass.name), "volumeMode": "Filesystem",
            "claimRef": [
                "apiVersion": "v1", "kind": "PersistentVolumeClaim", "namespace": .string(claim.namespace),
                "name": .string(claim.name), "uid": .string(claim.uid),
                "resourceVersion": .string(claim.resourceVersion),
            ],
            "local": ["path": .string("\(volumeRoot)/\(directory)")],
        ]
        let expression: JSON = ["key": "kubernetes.io/hostname", "operator": "In", "values": [.string(nodeName)]]
        spec["nodeAffinity"] = ["required": ["nodeSelectorTerms": [["matchExpressions": [expression]]]]]
        var volume = Object(["kind": "PersistentVolume", "apiVersion": "v1", "metadata": [:], "spec": spec])
        volume.name = directory
        volume.setAnnotation(ProvisionerNames.provisionedBy, ProvisionerNames.provisioner)
        if spec["persistentVolumeReclaimPolicy"] == "Delete" { volume.finalizers = [ProvisionerNames.finalizer] }
        return volume
    }
}

extension Quantity {
    /// nil for what is not a quantity.
    init?(_ json: JSON?) {
        switch json {
        case .string(let text): self.init(text)
        case .integer(let bytes): self.init(bytes)
        default: return nil
        }
    }
}
