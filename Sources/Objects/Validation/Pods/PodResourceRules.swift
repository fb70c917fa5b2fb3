/// Limits and requests of containers and of pods as a whole.
enum PodResourceRules {
    static func podLevel(_ spec: JSONObject, _ context: PodContext, _ errors: inout [FieldError]) {
        guard let resources = spec["resources"]?.object else { return }
        errors.below("resources") { errors in
            if context.system == "windows" {
                errors.report(.forbidden("", "may not be set for a windows pod"))
                return
            }
            if resources["claims"] != nil {
                errors.report(.forbidden("claims", "claims may not be set for Resources at pod-level"))
            }
            requirements(resources, context, isPodLevel: true, &errors)
            consistency(spec, resources, &errors)
        }
    }

    static func requirements(
        _ resources: JSONObject, _ context: PodContext, isPodLevel: Bool, _ errors: inout [FieldError]
    ) {
        let (limits, requests) = (resources.object("limits"), resources.object("requests"))
        for (part, list) in [("limits", limits), ("requests", requests)] {
            for (name, value) in list {
                errors.below("\(part)[\(name)]") { resource(name, value, isPodLevel: isPodLevel, &$0) }
            }
        }
        let known = MemberLookup(limits)
        for (name, value) in requests { compare(name, value, known, &errors) }
        let names = Set(limits.keys + requests.keys)
        if names.contains(where: { $0.hasPrefix("hugepages-") }), names.isDisjoint(with: ["cpu", "memory"]) {
            errors.report(.forbidden("", "HugePages require cpu or memory"))
        }
        checkClaims(resources, context, &errors)
    }

    private static func compare(
        _ name: String, _ value: JSON, _ limits: MemberLookup, _ errors: inout [FieldError]
    ) {
        guard let request = QuantityRules.quantity(value) else { return }
        let mayExceed = ResourceNames.mayOvercommit(name)
        guard let limit = QuantityRules.quantity(limits[name]) else {
            if !mayExceed {
                errors.report(.required("limits", "Limit must be set for non overcommitable resources"))
            }
            return
        }
        if request != limit, !mayExceed {
            errors.report(.invalid("requests", value, "must be equal to \(name) limit of \(limit)"))
        } else if request > limit {
            errors.report(.invalid("requests", value, "must be less than or equal to \(name) limit of \(limit)"))
        }
    }

    private static func resource(_ name: String, _ value: JSON, isPodLevel: Bool, _ errors: inout [FieldError]) {
        let known = errors.count
        errors.invalid("", name, Names.qualifiedName(name))
        if errors.count == known, !name.contains("/"), !ResourceNames.isStandard(name) {
            errors.report(.invalid("", .string(name), "must be a standard resource type or fully qualified"))
        }
        if isPodLevel {
            if errors.count == known, !["cpu", "memory"].contains(name), !name.hasPrefix("hugepages-") {
                errors.report(.notSupported("", .string(name), ["cpu", "hugepages-", "memory"]))
            }
        } else if !name.contains("/") {
            if !ResourceNames.isOfContainers(name) {
                errors.report(.invalid("", .string(name), "must be a standard resource for containers"))
            }
        } else if !ResourceNames.isNative(name), !ResourceNames.isExtended(name) {
            errors.report(.invalid("", .string(name), "doesn't follow extended resource name standard"))
        }
        QuantityRules.resourceValue(name, value, "", &errors)
        if name.hasPrefix("hugepages-"), !ResourceNames.isWholePages(name, value) {
            errors.report(
                .invalid("", value, "\(value.string ?? "") is not positive integer multiple of \(name)"))
        }
    }

    private static func checkClaims(
        _ resources: JSONObject, _ context: PodContext, _ errors: inout [FieldError]
    ) {
        var seen: Set<String> = []
        var withRequests: Set<String> = []
        for (index, claim) in resources.objects("claims").enumerated() {
            let (field, name, request) = ("claims[\(index)]", claim.text("name"), claim.text("request"))
            if name.isEmpty {
                errors.report(.required(field))
                continue
            }
            let key = request.isEmpty ? name : "\(name)/\(request)"
            let overlaps = request.isEmpty && withRequests.contains(name)
            if !request.isEmpty { errors.invalid("\(field).request", request, Names.dnsLabel(request)) }
            if seen.contains(name) || seen.contains(key) || overlaps {
                errors.report(.duplicate(field, .string(key)))
            }
            seen.insert(key)
            if !request.isEmpty { withRequests.insert(name) }
            if !context.claimNames.contains(name) { errors.report(.notFound(field, .string(name))) }
        }
    }

    /// Each is summed up over all containers; there are two that a pod can have, and the sizes of huge pages.
    private static let maximumSums = 100

    /// The containers together ask for no more than the pod, and none may use more than the pod.
    private static func consistency(_ spec: JSONObject, _ resources: JSONObject, _ errors: inout [FieldError]) {
        for (name, value) in resources.object("requests").members.prefix(maximumSums) {
            guard let own = QuantityRules.quantity(value),
                let sum = PodDefaults.containerRequests(name, .object(spec)), sum > own
            else { continue }
            errors.report(
                .invalid(
                    "requests[\(name)]", value,
                    "must be greater than or equal to aggregate container requests of \(sum)"))
        }
        let limits = MemberLookup(resources.object("limits"))
        for (index, container) in spec.objects("containers").enumerated() {
            for (name, value) in container.object("resources").object("limits") {
                guard let limit = QuantityRules.quantity(value),
                    let own = QuantityRules.quantity(limits[name]), limit > own
                else { continue }
                errors.report(
                    .invalid(
                        "containers[\(index)][\(name)].limits", value,
                        "must be less than or equal to pod limits of \(own)"))
            }
        }
    }
}

/// Which names resources may have.
enum ResourceNames {
    private static let compute: Set = ["cpu", "memory", "ephemeral-storage"]
    private static let quota: Set = [
        "requests.cpu", "requests.memory", "requests.storage", "requests.ephemeral-storage", "limits.cpu",
        "limits.memory", "limits.ephemeral-storage", "pods", "resourcequotas", "services", "replicationcontrollers",
        "secrets", "persistentvolumeclaims", "configmaps", "services.nodeports", "services.loadbalancers",
    ]

    static func isOfContainers(_ name: String) -> Bool { compute.contains(name) || name.hasPrefix("hugepages-") }

    static func isStandard(_ name: String) -> Bool {
        isOfContainers(name) || quota.contains(name) || name == "storage" || name.hasPrefix("requests.hugepages-")
    }

    static func isNative(_ name: String) -> Bool { !name.contains("/") || name.contains("kubernetes.io/") }

    static func isExtended(_ name: String) -> Bool {
        !isNative(name) && !name.hasPrefix("requests.") && Names.qualifiedName("requests." + name).isEmpty
    }

    static func isInteger(_ name: String) -> Bool {
        isExtended(name)
            || [
                "pods", "resourcequotas", "services", "replicationcontrollers", "secrets", "configmaps",
                "persistentvolumeclaims", "services.nodeports", "services.loadbalancers",
            ].contains(name)
    }

    static func mayOvercommit(_ name: String) -> Bool { isNative(name) && !name.hasPrefix("hugepages-") }

    static func isWholePages(_ name: String, _ value: JSON) -> Bool {
        guard let page = Quantity(String(name.dropFirst("hugepages-".count))),
            let amount = QuantityRules.quantity(value), page.value > 0
        else { return false }
        return amount.value % page.value == 0
    }
}
