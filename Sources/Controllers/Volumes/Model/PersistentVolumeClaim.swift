package import Objects

/// A claim with the facts that decisions need, read once.
package struct PersistentVolumeClaim: Sendable, Hashable {
    package let object: Object
    package let key: ClaimKey
    package let uid: String
    package let request: Quantity
    package let accessModes: AccessModes
    /// nil: the claim says nothing, so it gets the default class once there is one. Empty: it wants a volume without
    /// class.
    package let statedClassName: String?
    package let volumeMode: String
    package let attributesClassName: String
    package let volumeName: String
    package let phase: String
    /// nil: any labels will do. One that cannot be read matches nothing.
    package let selector: Selector?

    package init(_ object: Object) {
        self.object = object
        key = ClaimKey(namespace: object.namespace, name: object.name)
        uid = object.uid
        let spec = object["spec"] ?? .null
        request = Quantity(size: spec.at("resources", "requests", "storage")) ?? Quantity(0)
        accessModes = AccessModes(spec["accessModes"])
        statedClassName = object.annotation(VolumeAnnotation.betaStorageClass) ?? spec["storageClassName"]?.string
        volumeMode = spec["volumeMode"]?.string ?? "Filesystem"
        attributesClassName = spec["volumeAttributesClassName"]?.string ?? ""
        volumeName = spec["volumeName"]?.string ?? ""
        phase = object["status", "phase"]?.string ?? ""
        selector = spec["selector"].flatMap { $0.isNull ? nil : Selector(labelSelector: $0) ?? Self.matchesNothing }
    }

    private static let matchesNothing = Selector([.init("", .isIn)])
    package var className: String { statedClassName ?? "" }
    package var isBindCompleted: Bool { object.annotation(VolumeAnnotation.bindCompleted) != nil }
    package var isBoundByController: Bool { object.annotation(VolumeAnnotation.boundByController) != nil }
    package var selectedNode: String? { object.annotation(VolumeAnnotation.selectedNode) }
    /// Bound in both senses that the scheduler asks for.
    package var isFullyBound: Bool { !volumeName.isEmpty && isBindCompleted }
    /// It takes whatever volume fits, and has none yet.
    package var isWaiting: Bool { !isBindCompleted && volumeName.isEmpty }
}
