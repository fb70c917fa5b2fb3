/// Nodes and namespaces.
enum NodeRules {
    @Sendable static func node(_ node: JSONObject, _ errors: inout [FieldError]) {
        let spec = node.object("spec")
        // Upstream reports taints below metadata.
        errors.below("metadata") { taints(spec, &$0) }
        resources(node.object("status"), &errors)
        let ranges = spec.texts("podCIDRs")
        for (index, range) in ranges.enumerated() where !IPAddress.isTolerableRange(range) {
            errors.report(
                .invalid(
                    "spec.podCIDRs[\(index)]", .string(range),
                    "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"))
        }
        let families = Set(ranges.map { $0.contains(":") })
        if ranges.count > 1, families.count < ranges.count {
            errors.report(
                .invalid(
                    "spec.podCIDRs", spec["podCIDRs"] ?? .null, "may specify no more than one CIDR for each IP family"))
        }
    }

    private static func resources(_ status: JSONObject, _ errors: inout [FieldError]) {
        for part in ["capacity", "allocatable"] {
            for (name, value) in status.object(part) {
                QuantityRules.resourceValue(name, value, "status.\(part).\(name)", &errors)
            }
        }
    }

    private static func taints(_ spec: JSONObject, _ errors: inout [FieldError]) {
        var seen: Set<[String]> = []
        for (index, taint) in spec.objects("taints").enumerated() {
            let (key, value, effect) = (taint.text("key"), taint.text("value"), taint.text("effect"))
            errors.below("taints[\(index)]") { errors in
                errors.invalid("key", key, Names.qualifiedName(key))
                let problems = Names.labelValue(value)
                if !problems.isEmpty {
                    errors.report(.invalid("value", .string(value), problems.joined(separator: ";")))
                }
                errors.oneOf(
                    "effect", in: JSONObject([("effect", .string(effect))]),
                    ["NoSchedule", "PreferNoSchedule", "NoExecute"],
                    isRequired: true)
                if !seen.insert([key, effect]).inserted {
                    errors.report(.duplicate("", .object(taint)))
                }
            }
        }
    }

    static func update(_ new: Object, _ old: Object, _ errors: inout [FieldError]) {
        addresses(new, &errors)
        let (ranges, before) = (new["spec", "podCIDRs"]?.array ?? [], old["spec", "podCIDRs"]?.array ?? [])
        let changes = ranges.count != before.count ? 1 : zip(ranges, before).count { $0 != $1 }
        if !before.isEmpty {
            for _ in 0..<changes {
                errors.report(
                    .forbidden("spec.podCIDRs", "node updates may not change podCIDR except from \"\" to valid"))
            }
        }
        let provider = old["spec", "providerID"]?.string ?? ""
        if !provider.isEmpty, new["spec", "providerID"]?.string != provider {
            errors.report(
                .forbidden("spec.providerID", "node updates may not change providerID except from \"\" to valid"))
        }
    }

    static func status(_ new: Object, _ old: Object, _ errors: inout [FieldError]) {
        resources(new["status"]?.object ?? JSONObject(), &errors)
        addresses(new, &errors)
    }

    private static func addresses(_ node: Object, _ errors: inout [FieldError]) {
        var seen: Set<JSON> = []
        for (index, address) in (node["status", "addresses"]?.array ?? []).enumerated()
        where !seen.insert(address).inserted {
            errors.report(.duplicate("status.addresses[\(index)]", address))
        }
    }

    @Sendable static func namespace(_ namespace: JSONObject, _ errors: inout [FieldError]) {
        for (index, finalizer) in namespace.object("spec").texts("finalizers").enumerated() {
            errors.invalid("spec.finalizers[\(index)]", finalizer, Names.qualifiedName(finalizer))
            MetadataRules.standardFinalizer(finalizer, "spec.finalizers[\(index)]", &errors)
        }
    }

    static func namespaceStatus(_ new: Object, _ old: Object, _ errors: inout [FieldError]) {
        let phase = new["status", "phase"]?.string ?? ""
        let wanted = new.isBeingDeleted ? "Terminating" : "Active"
        if phase != wanted {
            let condition = new.isBeingDeleted ? "is not empty" : "is empty"
            errors.report(
                .invalid(
                    "status.Phase", .string(phase), "may only be '\(wanted)' if `deletionTimestamp` \(condition)"))
        }
    }
}
