package import Objects

/// A claim with the facts that decisions need, read once.
package struct PersistentVolumeClaim: Sendable, Hashable {
    package let object: Object
    package let key: ClaimKey
    package let uid: String
    package let request: StorageSize
    package let accessModes: AccessModes
    /// nil: the claim says nothing, so it gets the default class once there is one. Empty: it wants a volume without
    /// class.
    package let statedClassName: String?
    package let volumeMode: String
    package let attributesClassName: String
    package let volumeName: String
    package let phase: String

    package init(_ object: Object) {
        self.object = object
        key = ClaimKey(namespace: object.namespace, name: object.name)
        uid = object.uid
        let spec = object["spec"] ?? .null
        request = StorageSize(spec.at("resources", "requests", "storage")) ?? .zero
        accessModes = AccessModes(spec["accessModes"])
        statedClassName = object.annotation(VolumeAnnotation.betaStorageClass) ?? spec["storageClassName"]?.string
        volumeMode = spec["volumeMode"]?.string ?? "Filesystem"
        attributesClassName = spec["volumeAttributesClassName"]?.string ?? ""
        volumeName = spec["volumeName"]?.string ?? ""
        phase = object["status", "phase"]?.string ?? ""
    }

    package var className: String { statedClassName ?? "" }
    package var selector: JSON? { object["spec", "selector"] }
    package var isBindCompleted: Bool { object.annotation(VolumeAnnotation.bindCompleted) != nil }
    package var isBoundByController: Bool { object.annotation(VolumeAnnotation.boundByController) != nil }
    package var selectedNode: String? { object.annotation(VolumeAnnotation.selectedNode) }
    /// Bound in both senses that the scheduler asks for.
    package var isFullyBound: Bool { !volumeName.isEmpty && isBindCompleted }
    /// It takes whatever volume fits, and has none yet.
    package var isWaiting: Bool { !isBindCompleted && volumeName.isEmpty }
}
