/// What a node may report about a pod (k8s.io/kubernetes, ValidatePodStatusUpdate).
enum PodStatusRules {
    static func update(_ new: Object, _ old: Object, _ errors: inout [FieldError]) {
        let (status, before) = (new["status"]?.object ?? JSONObject(), old["status"]?.object ?? JSONObject())
        errors.below("status") { errors in
            errors.each("conditions", in: status) { condition, errors in
                let type = condition.text("type")
                errors.nonNegative(["observedGeneration"], in: condition)
                if ["PodScheduled", "Ready", "Initialized"].contains(type) { return }
                errors.invalid("Type", type, Names.qualifiedName(type))
            }
            checkNomination(status, before, isBound: !(old["spec", "nodeName"]?.string ?? "").isEmpty, &errors)
            errors.nonNegative(["observedGeneration"], in: status)
            if status.text("qosClass") != before.text("qosClass") {
                errors.report(.invalid("qosClass", status["qosClass"] ?? .null, "field is immutable"))
            }
            checkStates(status, before, old["spec"]?.object ?? JSONObject(), &errors)
            checkAddresses("podIPs", status, &errors)
            checkHostAddresses(status, &errors)
        }
    }

    private static func checkNomination(
        _ status: JSONObject, _ before: JSONObject, isBound: Bool, _ errors: inout [FieldError]
    ) {
        let node = status.text("nominatedNodeName")
        guard !node.isEmpty, node != before.text("nominatedNodeName") else { return }
        errors.invalid("nominatedNodeName", node, Names.dnsSubdomain(node))
        if isBound {
            errors.report(.forbidden("nominatedNodeName", "may not be set on pods that are already bound to a node"))
        }
    }

    /// What has ended stays ended unless it is to be restarted.
    private static func checkStates(
        _ status: JSONObject, _ before: JSONObject, _ spec: JSONObject, _ errors: inout [FieldError]
    ) {
        for (list, kind) in [
            ("containerStatuses", "containers"), ("initContainerStatuses", "initContainers"),
            ("ephemeralContainerStatuses", "ephemeralContainers"),
        ] {
            let now = byName(status.objects(list))
            let containers = byName(spec.objects(kind))
            for (index, was) in before.objects(list).enumerated() {
                guard let ended = was.object("state")["terminated"]?.object, let same = now[was.text("name")],
                    same.object("state")["terminated"] == nil
                else { continue }
                let container = containers[was.text("name")]
                if mayRestart(container, kind, spec, code: ended.number("exitCode") ?? 0) { continue }
                errors.report(
                    .forbidden("\(list)[\(index)].state", "may not be transitioned to non-terminated state"))
            }
        }
    }

    /// The first of each name.
    private static func byName(_ objects: [JSONObject]) -> [String: JSONObject] {
        Dictionary(objects.map { ($0.text("name"), $0) }, uniquingKeysWith: { first, _ in first })
    }

    private static func mayRestart(_ container: JSONObject?, _ kind: String, _ spec: JSONObject, code: Int64) -> Bool {
        if kind == "ephemeralContainers" { return false }
        guard let container else { return kind == "initContainers" && spec.text("restartPolicy") == "Always" }
        for rule in container.objects("restartPolicyRules") {
            let codes = rule.object("exitCodes")
            let isListed = codes.list("values").contains(.integer(code))
            if codes.text("operator") == "In" ? isListed : !isListed { return true }
        }
        let own = container.text("restartPolicy")
        switch own.isEmpty ? spec.text("restartPolicy") : own {
        case "Always": return true
        case "OnFailure": return code != 0
        default: return false
        }
    }

    private static func checkAddresses(_ field: String, _ status: JSONObject, _ errors: inout [FieldError]) {
        let addresses = status.objects(field).map { $0.text("ip") }
        for (index, address) in addresses.enumerated() {
            PodNetworkRules.checkAddress("\(field)[\(index)]", address, &errors)
        }
        let families = Set(addresses.map { $0.contains(":") })
        if addresses.count > 1, families.count < addresses.count {
            errors.report(
                .invalid(field, status[field] ?? .null, "may specify no more than one IP for each IP family"))
        }
    }

    private static func checkHostAddresses(_ status: JSONObject, _ errors: inout [FieldError]) {
        guard let first = status.objects("hostIPs").first else { return }
        if first.text("ip") != status.text("hostIP") {
            errors.report(.invalid("hostIPs[0].ip", .string(first.text("ip")), "must be equal to `hostIP`"))
        }
        checkAddresses("hostIPs", status, &errors)
    }
}

/// What may be reported about a claim.
enum ClaimStatusRules {
    private static let states = [
        "ControllerResizeInProgress", "ControllerResizeInfeasible", "NodeResizeInProgress", "NodeResizeInfeasible",
        "NodeResizePending",
    ]

    static func update(_ new: Object, _ old: Object, _ errors: inout [FieldError]) {
        let status = new["status"]?.object ?? JSONObject()
        errors.below("status") { errors in
            for (name, value) in status.object("capacity") {
                QuantityRules.basic(value, "capacity[\(name)]", &errors)
            }
            for (name, value) in status.object("allocatedResourceStatuses") {
                checkName("allocatedResourceStatuses", name, &errors)
                if !states.contains(value.string ?? "") {
                    errors.report(.notSupported("allocatedResourceStatuses", .string(name), states))
                }
            }
            for (name, value) in status.object("allocatedResources") {
                let known = errors.count
                checkName("allocatedResources", name, &errors)
                if errors.count > known { continue }
                QuantityRules.basic(value, "allocatedResources[\(name)]", &errors)
            }
        }
    }

    private static func checkName(_ field: String, _ name: String, _ errors: inout [FieldError]) {
        let problems = Names.qualifiedName(name)
        errors.invalid(field, name, problems)
        if problems.isEmpty, ResourceNames.isNative(name), name != "storage" {
            errors.report(.notSupported(field, .string(name), ["storage"]))
        }
    }
}
