enum StatefulSetRules {
    @Sendable static func spec(_ spec: JSONObject, _ errors: inout [FieldError]) {
        let policy = spec.text("podManagementPolicy")
        if policy.isEmpty {
            errors.report(.required("podManagementPolicy"))
        } else if !["OrderedReady", "Parallel"].contains(policy) {
            errors.report(
                .invalid("podManagementPolicy", .string(policy), "must be 'OrderedReady' or 'Parallel'"))
        }
        checkUpdateStrategy(spec.object("updateStrategy"), &errors)
        errors.nonNegative(["replicas", "minReadySeconds"], in: spec)
        if let start = spec.object("ordinals").number("start"), start < 0 {
            errors.report(.invalid("ordinals.start", .integer(start), "must be greater than or equal to 0"))
        }
        let service = spec.text("serviceName")
        if !service.isEmpty { errors.invalid("serviceName", service, Names.dnsLabel(service)) }
        if let policy = spec["persistentVolumeClaimRetentionPolicy"]?.object {
            errors.below("persistentVolumeClaimRetentionPolicy") { errors in
                for field in ["whenDeleted", "whenScaled"] { errors.oneOf(field, in: policy, ["Delete", "Retain"]) }
            }
        }
        checkSelector(spec, &errors)
        checkTemplate(spec, &errors)
    }

    private static func checkUpdateStrategy(_ strategy: JSONObject, _ errors: inout [FieldError]) {
        switch strategy.text("type") {
        case "": errors.report(.required("updateStrategy"))
        case "OnDelete":
            if let rolling = strategy["rollingUpdate"] {
                errors.report(
                    .invalid("updateStrategy.rollingUpdate", rolling, "only allowed for updateStrategy 'RollingUpdate'")
                )
            }
        case "RollingUpdate":
            let rolling = strategy.object("rollingUpdate")
            if let partition = rolling.number("partition"), partition < 0 {
                errors.report(
                    .invalid(
                        "updateStrategy.rollingUpdate.partition", .integer(partition),
                        "must be greater than or equal to 0"))
            }
            checkMaxUnavailable(rolling["maxUnavailable"], &errors)
        default:
            errors.report(
                .invalid("updateStrategy", .object(strategy), "must be 'RollingUpdate' or 'OnDelete'"))
        }
    }

    private static func checkMaxUnavailable(_ value: JSON?, _ errors: inout [FieldError]) {
        guard let value else { return }
        let field = "updateStrategy.rollingUpdate.maxUnavailable"
        PolicyRules.intOrPercent(value, field, &errors)
        if value == 0 || value == "0%" { errors.report(.invalid(field, value, "cannot be 0")) }
    }

    /// An absent selector matches nothing, so that the template's labels never fit.
    private static func checkSelector(_ spec: JSONObject, _ errors: inout [FieldError]) {
        let labels = spec.object("template").object("metadata")["labels"] ?? .object(JSONObject())
        let mismatch = FieldError.invalid(
            "template.metadata.labels", labels, "`selector` does not match template `labels`")
        guard let json = spec["selector"], let object = json.object else {
            errors.report(.required("selector"))
            errors.report(mismatch)
            return
        }
        errors.below("selector") { SelectorRules.labelSelector(object, &$0) }
        if object.object("matchLabels").isEmpty, object.list("matchExpressions").isEmpty {
            errors.report(.invalid("selector", json, "empty selector is invalid for statefulset"))
            return
        }
        guard let selector = Selector(labelSelector: json) else {
            errors.report(.invalid("selector", json, ""))
            return
        }
        var values: [String: String] = [:]
        for (key, value) in labels.object ?? JSONObject() { values[key] = value.string }
        if !selector.matches(values) { errors.report(mismatch) }
    }

    private static func checkTemplate(_ spec: JSONObject, _ errors: inout [FieldError]) {
        let template = spec.object("template")
        let pod = template.object("spec")
        errors.below("template") { errors in
            PodRules.template(withClaims(spec, template), PodContext(), &errors)
            // Upstream looks at the metadata again.
            PodRules.templateMetadata(template, &errors)
        }
        let restart = pod.text("restartPolicy")
        if restart != "Always", !restart.isEmpty {
            errors.report(.notSupported("template.spec.restartPolicy", .string(restart), ["Always"]))
        }
        if pod["activeDeadlineSeconds"] != nil {
            errors.report(
                .forbidden(
                    "template.spec.activeDeadlineSeconds", "activeDeadlineSeconds in StatefulSet is not Supported"))
        }
    }

    /// As its pods will be: with the volumes that the claim templates stand for, and a host name of their own.
    private static func withClaims(_ spec: JSONObject, _ template: JSONObject) -> JSONObject {
        var (template, pod) = (template, template.object("spec"))
        pod["subdomain"] = nil
        pod["hostname"] = nil
        var known: Set<String> = []
        let names = spec.objects("volumeClaimTemplates").map { $0.object("metadata").text("name") }
            .filter { known.insert($0).inserted }
        if !names.isEmpty {
            let made = names.map { ["name": .string($0), "persistentVolumeClaim": ["claimName": .string($0)]] as JSON }
            let own = pod.list("volumes").filter { !known.contains($0["name"]?.string ?? "") }
            pod["volumes"] = .array(made + own)
        }
        template["spec"] = .object(pod)
        return template
    }

    /// Claim templates never change, so they are looked at when the set is made.
    static func create(_ set: Object, _ errors: inout [FieldError]) {
        for (index, template) in (set["spec", "volumeClaimTemplates"]?.array ?? []).enumerated() {
            errors.below("spec.volumeClaimTemplates[\(index)].spec") {
                VolumeRules.claimSpec(template["spec"]?.object ?? JSONObject(), &$0)
            }
        }
    }

    static func update(_ new: Object, _ old: Object, _ errors: inout [FieldError]) {
        let mutable = [
            "replicas", "ordinals", "template", "updateStrategy", "revisionHistoryLimit",
            "persistentVolumeClaimRetentionPolicy", "minReadySeconds",
        ]
        var (left, right) = (new["spec"] ?? .null, old["spec"] ?? .null)
        for field in mutable {
            left[field] = nil
            right[field] = nil
        }
        if SetAnnotation.isOn(SetAnnotation.growClaims, new) { right = grown(right, to: left) }
        if left != right {
            errors.report(
                .forbidden(
                    "spec",
                    "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', "
                        + "'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and "
                        + "'minReadySeconds' are forbidden"))
        }
    }

    /// `old` with the sizes of its claim templates as `new` has them, where those are not smaller.
    private static func grown(_ old: JSON, to new: JSON) -> JSON {
        guard var templates = old["volumeClaimTemplates"]?.array, let wanted = new["volumeClaimTemplates"]?.array,
            templates.count == wanted.count
        else { return old }
        let path = ["spec", "resources", "requests", "storage"]
        for index in templates.indices {
            guard let size = wanted[index].at(path), let to = size.string.flatMap({ Quantity($0) }),
                let from = templates[index].at(path)?.string.flatMap({ Quantity($0) }), from <= to
            else { continue }
            templates[index].set(path, size)
        }
        var result = old
        result["volumeClaimTemplates"] = .array(templates)
        return result
    }

    static func status(_ new: Object, _ old: Object, _ errors: inout [FieldError]) {
        let status = new["status"]?.object ?? JSONObject()
        errors.below("status") { errors in
            let counts = ["readyReplicas", "currentReplicas", "updatedReplicas", "availableReplicas"]
            errors.nonNegative(["replicas", "observedGeneration", "collisionCount"] + counts, in: status)
            let replicas = status.number("replicas") ?? 0
            for field in counts {
                let count = status.number(field) ?? 0
                if count > replicas {
                    errors.report(.invalid(field, .integer(count), "cannot be greater than status.replicas"))
                }
            }
            let collisions = status.number("collisionCount") ?? 0
            if let before = old["status", "collisionCount"]?.integer, collisions < before {
                errors.report(.invalid("collisionCount", .integer(collisions), "cannot be decremented"))
            }
            let (available, ready) = (status.number("availableReplicas") ?? 0, status.number("readyReplicas") ?? 0)
            if available > ready {
                errors.report(
                    .invalid("availableReplicas", .integer(available), "cannot be greater than status.readyReplicas"))
            }
        }
    }
}
