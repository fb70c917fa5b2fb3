/// What may not change, by kind.
enum UpdateRules {
    typealias Rule = @Sendable (Object, Object, inout [FieldError]) -> Void

    static let byKind: [String: Rule] = [
        "ConfigMap": { DataRules.update($0, $1, &$2) },
        "Secret": { new, old, errors in
            errors.immutable(["type"], new, old)
            DataRules.update(new, old, &errors)
        },
        "Node": { NodeRules.update($0, $1, &$2) },
        "StatefulSet": { StatefulSetRules.update($0, $1, &$2) },
        "Service": { ServiceRules.update($0, $1, &$2) },
        "PersistentVolume": volume,
        "PersistentVolumeClaim": claim,
        "Pod": { PodUpdateRules.update($0, $1, &$2) },
        "StorageClass": storageClass,
        "ControllerRevision": { $2.immutable(["data"], $0, $1) },
        "EndpointSlice": { $2.immutable(["addressType"], $0, $1) },
        "VolumeAttachment": { new, old, errors in
            if new["spec"] != old["spec"] {
                errors.report(.invalid("spec", new["spec"] ?? .null, "field is immutable"))
            }
        },
        "CSIDriver": { StorageRules.updateDriver($0, $1, &$2) },
        "CSINode": { StorageRules.updateNode($0, $1, &$2) },
    ]

    /// Upstream checks the new object of these in two places, and its answer has each problem twice.
    static let checkedTwice: Set = ["PersistentVolume", "PersistentVolumeClaim"]

    @Sendable private static func storageClass(_ new: Object, _ old: Object, _ errors: inout [FieldError]) {
        for field in ["parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"] {
            errors.immutable([field], new, old)
        }
    }

    @Sendable private static func volume(_ new: Object, _ old: Object, _ errors: inout [FieldError]) {
        guard let type = SchemaTypes.builtin["PersistentVolumeSpec"] else { return }
        let sources = type.fields.filter { $0.wrapper > 0 }.map(\.name)
        var compared = new
        if old["spec", "csi"] != nil, old["spec", "csi", "controllerExpandSecretRef"] == nil, new["spec", "csi"] != nil
        {
            compared["spec", "csi", "controllerExpandSecretRef"] = nil
        }
        if sources.contains(where: { compared["spec", $0] != old["spec", $0] }) {
            errors.report(
                .forbidden("spec.persistentvolumesource", "spec.persistentvolumesource is immutable after creation"))
        }
        VolumeRules.mountOptions(new, &errors)
        checkMode(new, old, &errors)
        if old["spec", "nodeAffinity"] != nil, new["spec", "nodeAffinity"] != old["spec", "nodeAffinity"] {
            errors.report(
                .invalid(
                    "nodeAffinity", new["spec", "nodeAffinity"] ?? .null,
                    "field is immutable, except for updating from beta label to GA"))
        }
        let field = "volumeAttributesClassName"
        if old["spec", field] != nil, new["spec", field] == nil {
            errors.report(.forbidden("spec.\(field)", "update from non-nil value to nil is forbidden"))
        }
    }

    /// Upstream leaves out where the mode is.
    private static func checkMode(_ new: Object, _ old: Object, _ errors: inout [FieldError]) {
        if new["spec", "volumeMode"] != old["spec", "volumeMode"] {
            errors.report(.invalid("volumeMode", new["spec", "volumeMode"] ?? .null, "field is immutable"))
        }
    }

    private static let classAnnotation = "volume.beta.kubernetes.io/storage-class"

    /// A claim's spec stays as it is, but a bound claim may ask for more, and a class may be filled in while there is
    /// none.
    @Sendable private static func claim(_ new: Object, _ old: Object, _ errors: inout [FieldError]) {
        var (allowed, before) = (new, old)
        let isBound = old["status", "phase"]?.string == "Bound"
        if old["spec", "volumeName"]?.string ?? "" == "" { before["spec", "volumeName"] = new["spec", "volumeName"] }
        fillClass(&allowed, old, &errors)
        if isBound {
            if allowed["spec", "resources", "requests"] != nil {
                allowed["spec", "resources", "requests", "storage"] = old["spec", "resources", "requests", "storage"]
            }
            allowed["spec", "volumeAttributesClassName"] = old["spec", "volumeAttributesClassName"]
        }
        if (allowed["spec"] ?? .null) != (before["spec"] ?? .null) {
            errors.report(
                .forbidden(
                    "spec",
                    "spec is immutable after creation except resources.requests and volumeAttributesClassName for "
                        + "bound claims"))
        }
        checkSize(new, old, &errors)
        checkMode(new, old, &errors)
        checkAttributes(new, old, &errors)
    }

    /// A class may come from the annotation of old, or from nothing.
    private static func fillClass(_ allowed: inout Object, _ old: Object, _ errors: inout [FieldError]) {
        let (given, was) = (allowed.annotation(classAnnotation), old.annotation(classAnnotation))
        let name = allowed["spec", "storageClassName"]?.string
        let isUnset = old["spec", "storageClassName"] == nil
        if let was, isUnset, name == was, given == nil || given == was {
            allowed["spec", "storageClassName"] = nil
            return
        }
        if given ?? "" != was ?? "" {
            errors.report(
                .invalid("metadata.annotations.\(classAnnotation)", .string(given ?? ""), "field is immutable"))
        }
        if isUnset, name != nil, was == nil || name == was { allowed["spec", "storageClassName"] = nil }
    }

    private static func checkAttributes(_ new: Object, _ old: Object, _ errors: inout [FieldError]) {
        let field = "volumeAttributesClassName"
        let name = new["spec", field]
        guard name != old["spec", field], old["status", "currentVolumeAttributesClassName"] != nil,
            name?.string ?? "" == ""
        else { return }
        let what = name == nil ? "nil" : "empty string"
        errors.report(
            .forbidden(
                "spec.\(field)",
                "update to \(what) is forbidden when status.currentVolumeAttributesClassName is not nil"))
    }

    private static func checkSize(_ new: Object, _ old: Object, _ errors: inout [FieldError]) {
        guard let size = QuantityRules.quantity(new["spec", "resources", "requests", "storage"]),
            let before = QuantityRules.quantity(old["spec", "resources", "requests", "storage"]), size < before
        else { return }
        let capacity = QuantityRules.quantity(old["status", "capacity", "storage"])
        if capacity.map({ size <= $0 }) ?? false {
            errors.report(
                .forbidden("spec.resources.requests.storage", "field can not be less than status.capacity"))
        }
    }
}

/// What only a new object must not be, by kind.
enum CreateRules {
    typealias Rule = @Sendable (Object, inout [FieldError]) -> Void

    static let byKind: [String: Rule] = [
        "PersistentVolume": { VolumeRules.mountOptions($0, &$1) },
        "Pod": { PodRules.create($0, &$1) },
        "StatefulSet": { StatefulSetRules.create($0, &$1) },
        "VolumeAttachment": { StorageRules.createAttachment($0, &$1) },
    ]
}

/// What a write to the status subresource may say, by kind.
enum StatusRules {
    static let byKind: [String: UpdateRules.Rule] = [
        "StatefulSet": { StatefulSetRules.status($0, $1, &$2) },
        "Node": { NodeRules.status($0, $1, &$2) },
        "Namespace": { NodeRules.namespaceStatus($0, $1, &$2) },
        "Pod": { PodStatusRules.update($0, $1, &$2) },
        "PersistentVolumeClaim": { ClaimStatusRules.update($0, $1, &$2) },
        "PodDisruptionBudget": { PolicyRules.budgetStatus($0, $1, &$2) },
        "Service": { ServiceRules.status($0, $1, &$2) },
    ]
}
