import Client
package import Objects

/// What to do about a volume.
package enum ReclaimDecision: Sendable, Hashable {
    case nothing
    case refuse(String)
    /// The finalizer that goes with its reclaim policy is missing, or is one too many.
    case setFinalizers([String])
    /// Into the trash, if the claim of this UID, `namespace/name`, is really gone.
    case discard(directory: String, claimUID: String, namespace: String, name: String)
}

extension ProvisionPolicy {
    /// Only volumes that this provisioner made, whose path is the one it would make, are ever touched.
    package func decide(_ volume: Object) -> ReclaimDecision {
        guard isOurs(volume) else { return .nothing }
        let isDeletedWithClaim = volume["spec", "persistentVolumeReclaimPolicy"]?.string == "Delete"
        guard volume["status", "phase"]?.string == "Released", isDeletedWithClaim else {
            return finalizers(volume, isDeletedWithClaim)
        }
        guard let uid = volume["spec", "claimRef", "uid"]?.string, !uid.isEmpty else {
            return .refuse("the volume's claimRef has no UID: nobody can say whose directory it is")
        }
        guard let directory = directory(of: volume) else {
            return .refuse(
                "the volume's path is \(Self.path(volume)), not \(volumeRoot)/\(volume.name): its data is left alone")
        }
        return .discard(
            directory: directory, claimUID: uid, namespace: volume["spec", "claimRef", "namespace"]?.string ?? "",
            name: volume["spec", "claimRef", "name"]?.string ?? "")
    }

    /// The volume's directory, if it has the name and the place that this provisioner gives. The name is the UID of the
    /// claim that it was made for, which need not be the claim that has it now (`berth volume undelete`).
    package func directory(of volume: Object) -> String? {
        let name = volume.name
        guard VolumeInventory.isDirectoryName(name),
            Self.path(volume) == "\(volumeRoot)/\(name)"
        else { return nil }
        return name
    }

    package func isOurs(_ volume: Object) -> Bool {
        guard volume.annotation(ProvisionerNames.provisionedBy) == ProvisionerNames.provisioner else { return false }
        let terms = volume["spec", "nodeAffinity", "required", "nodeSelectorTerms"]?.array ?? []
        let expressions = terms.flatMap { $0["matchExpressions"]?.array ?? [] }
        let hosts = expressions.filter { $0["key"]?.string == "kubernetes.io/hostname" }.flatMap {
            $0["values"]?.array ?? []
        }
        return hosts.contains(.string(nodeName))
    }

    /// A volume whose data would go with its claim must not go before its data: who deletes it while it is bound leaves
    /// no orphan.
    private func finalizers(_ volume: Object, _ isDeletedWithClaim: Bool) -> ReclaimDecision {
        let present = volume.finalizers
        let isHeld = present.contains(ProvisionerNames.finalizer)
        if isDeletedWithClaim, !isHeld, !volume.isBeingDeleted {
            return .setFinalizers(present + [ProvisionerNames.finalizer])
        } else if !isDeletedWithClaim, isHeld {
            return .setFinalizers(present.filter { $0 != ProvisionerNames.finalizer })
        }
        return .nothing
    }

    private static func path(_ volume: Object) -> String {
        volume["spec", "local", "path"]?.string ?? volume["spec", "hostPath", "path"]?.string ?? ""
    }
}
