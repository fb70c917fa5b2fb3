package import Objects

/// A volume with the facts that decisions need, read once.
package struct PersistentVolume: Sendable, Hashable {
    package enum Phase: String, Sendable, Hashable {
        case none = ""
        case pending = "Pending"
        case available = "Available"
        case bound = "Bound"
        case released = "Released"
        case failed = "Failed"
    }

    package let object: Object
    package let name: String
    package let uid: String
    package let capacity: Quantity
    package let accessModes: AccessModes
    package let className: String
    package let volumeMode: String
    package let attributesClassName: String
    package let claimRef: ClaimReference?
    package let phase: Phase
    package let reclaimPolicy: String
    package let isBeingDeleted: Bool

    package init(_ object: Object) {
        self.object = object
        name = object.name
        uid = object.uid
        let spec = object["spec"] ?? .null
        capacity = Quantity(size: spec.at("capacity", "storage")) ?? Quantity(0)
        accessModes = AccessModes(spec["accessModes"])
        className = object.annotation(VolumeAnnotation.betaStorageClass) ?? spec["storageClassName"]?.string ?? ""
        // A missing mode means Filesystem: an object that another version stored may lack the default.
        volumeMode = spec["volumeMode"]?.string ?? "Filesystem"
        attributesClassName = spec["volumeAttributesClassName"]?.string ?? ""
        claimRef = ClaimReference(spec["claimRef"])
        phase = Phase(rawValue: object["status", "phase"]?.string ?? "") ?? .none
        reclaimPolicy = spec["persistentVolumeReclaimPolicy"]?.string ?? "Retain"
        isBeingDeleted = object.isBeingDeleted
    }

    package var isBoundByController: Bool { object.annotation(VolumeAnnotation.boundByController) != nil }
    /// The annotation is there, whatever it says.
    package var isProvisioned: Bool { object.annotation(VolumeAnnotation.provisionedBy) != nil }
    package var provisionedBy: String { object.annotation(VolumeAnnotation.provisionedBy) ?? "" }

    /// `claimRef` names this claim; a UID in it must be the claim's.
    package func isBound(to claim: PersistentVolumeClaim) -> Bool {
        guard let claimRef, claimRef.key == claim.key else { return false }
        return claimRef.uid.isEmpty || claimRef.uid == claim.uid
    }
}
