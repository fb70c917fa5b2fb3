/// What may not change, by kind.
enum UpdateRules {
    typealias Rule = @Sendable (Object, Object, inout [FieldError]) -> Void

    static let byKind: [String: Rule] = [
        "ConfigMap": { DataRules.update($0, $1, &$2) },
        "Secret": { new, old, errors in
            errors.immutable(["type"], new, old)
            DataRules.update(new, old, &errors)
        },
        "StatefulSet": { StatefulSetRules.update($0, $1, &$2) },
        "Service": { ServiceRules.update($0, $1, &$2) },
        "PersistentVolume": volume,
        "PersistentVolumeClaim": claim,
        "Pod": pod,
        "StorageClass": storageClass,
        "ControllerRevision": { $2.immutable(["data"], $0, $1) },
        "EndpointSlice": { $2.immutable(["addressType"], $0, $1) },
        "VolumeAttachment": { new, old, errors in
            if new["spec"] != old["spec"] {
                errors.append(.invalid("spec", new["spec"] ?? .null, "field is immutable"))
            }
        },
        "CSIDriver": { new, old, errors in
            errors.immutable(["spec", "attachRequired"], new, old)
            errors.immutable(["spec", "volumeLifecycleModes"], new, old)
        },
    ]

    @Sendable private static func storageClass(_ new: Object, _ old: Object, _ errors: inout [FieldError]) {
        for field in ["parameters", "provisioner", "reclaimPolicy"] where (new[field] ?? .null) != (old[field] ?? .null)
        {
            errors.append(.forbidden(field, "updates to \(field) are forbidden."))
        }
        errors.immutable(["volumeBindingMode"], new, old)
    }

    @Sendable private static func volume(_ new: Object, _ old: Object, _ errors: inout [FieldError]) {
        guard let type = SchemaTypes.builtin["PersistentVolumeSpec"] else { return }
        let sources = type.fields.filter { $0.wrapper > 0 }.map(\.name)
        if sources.contains(where: { new["spec", $0] != old["spec", $0] }) {
            errors.append(
                .forbidden("spec.persistentvolumesource", "spec.persistentvolumesource is immutable after creation"))
        }
        errors.immutable(["spec", "volumeMode"], new, old)
        if old["spec", "nodeAffinity"] != nil { errors.immutable(["spec", "nodeAffinity"], new, old) }
    }

    /// A claim's spec stays as it is, but a bound claim may ask for more, and a class may be filled in while there is
    /// none.
    @Sendable private static func claim(_ new: Object, _ old: Object, _ errors: inout [FieldError]) {
        var allowed = new
        let isBound = old["status", "phase"]?.string == "Bound"
        if old["spec", "storageClassName"] == nil, !isBound || old["spec", "volumeName"] == nil {
            allowed["spec", "storageClassName"] = nil
        }
        if old["spec", "volumeName"]?.string ?? "" == "" { allowed["spec", "volumeName"] = old["spec", "volumeName"] }
        if isBound {
            allowed["spec", "resources", "requests", "storage"] = old["spec", "resources", "requests", "storage"]
        }
        allowed["spec", "volumeAttributesClassName"] = old["spec", "volumeAttributesClassName"]
        if (allowed["spec"] ?? .null) != (old["spec"] ?? .null) {
            errors.append(
                .forbidden(
                    "spec",
                    "spec is immutable after creation except resources.requests and volumeAttributesClassName for "
                        + "bound claims"))
        }
        checkSize(new, old, &errors)
        errors.immutable(["spec", "volumeMode"], new, old)
    }

    private static func checkSize(_ new: Object, _ old: Object, _ errors: inout [FieldError]) {
        guard let size = QuantityRules.quantity(new["spec", "resources", "requests", "storage"]),
            let before = QuantityRules.quantity(old["spec", "resources", "requests", "storage"]), size < before
        else { return }
        let capacity = QuantityRules.quantity(old["status", "capacity", "storage"])
        if capacity.map({ size <= $0 }) ?? false {
            errors.append(
                .forbidden("spec.resources.requests.storage", "field can not be less than status.capacity"))
        }
    }

    @Sendable private static func pod(_ new: Object, _ old: Object, _ errors: inout [FieldError]) {
        var allowed = new["spec"] ?? .null
        let before = old["spec"] ?? .null
        for field in ["containers", "initContainers"] {
            let (left, right) = (allowed[field]?.array ?? [], before[field]?.array ?? [])
            if left.count != right.count {
                errors.append(.forbidden("spec.\(field)", "pod updates may not add or remove containers"))
                return
            }
            for (index, container) in left.enumerated() where container["image"]?.string ?? "" == "" {
                errors.append(.required("spec.\(field)[\(index)].image"))
            }
            if !left.isEmpty {
                allowed[field] = .array(
                    zip(left, right).map { container, old in
                        var container = container
                        container["image"] = old["image"]
                        return container
                    })
            }
        }
        checkTolerations(allowed, before, &errors)
        checkDeadline(allowed, before, &errors)
        if (before["terminationGracePeriodSeconds"]?.integer ?? 0) < 0, allowed["terminationGracePeriodSeconds"] == 1 {
            allowed["terminationGracePeriodSeconds"] = before["terminationGracePeriodSeconds"]
        }
        for field in ["tolerations", "activeDeadlineSeconds"] { allowed[field] = before[field] }
        if !(before["schedulingGates"]?.array ?? []).isEmpty {
            for field in ["schedulingGates", "nodeSelector", "affinity"] { allowed[field] = before[field] }
        }
        if allowed != before {
            errors.append(
                .forbidden(
                    "spec",
                    "pod updates may not change fields other than `spec.containers[*].image`,"
                        + "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only "
                        + "additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be "
                        + "set to 1 if it was previously negative)"))
        }
    }

    private static func checkTolerations(_ new: JSON, _ old: JSON, _ errors: inout [FieldError]) {
        let tolerations = new["tolerations"]?.array ?? []
        for toleration in old["tolerations"]?.array ?? [] {
            var withoutTime = toleration
            withoutTime["tolerationSeconds"] = nil
            let kept = tolerations.contains {
                var candidate = $0
                candidate["tolerationSeconds"] = nil
                return candidate == withoutTime
            }
            if !kept {
                errors.append(
                    .forbidden(
                        "spec.tolerations", "existing toleration can not be modified except its tolerationSeconds"))
                return
            }
        }
    }

    private static func checkDeadline(_ new: JSON, _ old: JSON, _ errors: inout [FieldError]) {
        guard let before = old["activeDeadlineSeconds"]?.integer else { return }
        guard let after = new["activeDeadlineSeconds"]?.integer else {
            errors.append(
                .invalid("spec.activeDeadlineSeconds", .null, "must not update from a positive integer to nil value"))
            return
        }
        if after > before {
            errors.append(
                .invalid("spec.activeDeadlineSeconds", .integer(after), "must be less than or equal to previous value"))
        }
    }
}

/// What a write to the status subresource may say, by kind.
enum StatusRules {
    static let byKind: [String: UpdateRules.Rule] = [
        "StatefulSet": { StatefulSetRules.status($0, $1, &$2) }
    ]
}
