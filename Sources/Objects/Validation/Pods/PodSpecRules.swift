/// What a pod may be, as upstream checks it (k8s.io/kubernetes, pkg/apis/core/validation, ValidatePodSpec): the same
/// fields, even where its paths are odd, because clients and recorded answers have them.
enum PodSpecRules {
    static func check(_ spec: JSONObject, _ given: PodContext, _ errors: inout [FieldError]) {
        var context = given
        context.gracePeriod = spec.number("terminationGracePeriodSeconds")
        if context.gracePeriod == nil { errors.report(.required("terminationGracePeriodSeconds")) }
        context.hostUsers = spec["hostUsers"]?.bool ?? true
        context.restartPolicy = spec.text("restartPolicy")
        context.system = spec.object("os").text("name")
        context.volumes = PodVolumeRules.check(spec, context, &errors)
        context.claimNames = Set(spec.objects("resourceClaims").map { $0.text("name") }).subtracting([""])
        checkResourceClaims(spec, &errors)
        ContainerRules.all(spec, context, &errors)
        PodResourceRules.podLevel(spec, context, &errors)
        PodNetworkRules.check(spec, context, &errors)
        errors.oneOf("restartPolicy", in: spec, ["Always", "OnFailure", "Never"], isRequired: true)
        errors.below("nodeSelector") { MetadataRules.labels(spec.object("nodeSelector"), "", &$0) }
        PodSecurityRules.check(spec, &errors)
        SchedulingRules.check(spec, &errors)
        checkGates(spec, &errors)
        PodSecurityRules.hostUsers(spec, context, &errors)
        PodSecurityRules.hostProcess(spec, &errors)
        checkNames(spec, &errors)
        errors.range("activeDeadlineSeconds", in: spec, 1...Int64(Int32.max))
        errors.oneOf("preemptionPolicy", in: spec, ["PreemptLowerPriority", "Never"])
        if let overhead = spec["overhead"] {
            errors.below("overhead") {
                PodResourceRules.requirements(JSONObject([("limits", overhead)]), context, isPodLevel: false, &$0)
            }
        }
        PodSystemRules.check(spec, &errors)
        ContainerEnvironmentRules.fileVolumes(spec, &errors)
    }

    private static func checkNames(_ spec: JSONObject, _ errors: inout [FieldError]) {
        for field in ["serviceAccountName", "nodeName", "priorityClassName"] {
            errors.named(field, in: spec, Names.dnsSubdomain)
        }
        if let name = spec["runtimeClassName"]?.string {
            errors.invalid("runtimeClassName", name, Names.dnsSubdomain(name))
        }
        for field in ["hostname", "subdomain"] { errors.named(field, in: spec, Names.dnsLabel) }
    }

    private static func checkGates(_ spec: JSONObject, _ errors: inout [FieldError]) {
        errors.each("readinessGates", in: spec) { gate, errors in
            errors.invalid("conditionType", gate.text("conditionType"), Names.qualifiedName(gate.text("conditionType")))
        }
        var seen: Set<String> = []
        for (index, gate) in spec.objects("schedulingGates").enumerated() {
            let (field, name) = ("schedulingGates[\(index)]", gate.text("name"))
            errors.invalid(field, name, Names.qualifiedName(name))
            if !seen.insert(name).inserted { errors.report(.duplicate(field, .string(name))) }
        }
    }

    private static func checkResourceClaims(_ spec: JSONObject, _ errors: inout [FieldError]) {
        var seen: Set<String> = []
        errors.each("resourceClaims", in: spec) { claim, errors in
            let name = claim.text("name")
            if !name.isEmpty, seen.contains(name) {
                errors.report(.duplicate("name", .string(name)))
            } else {
                errors.requiredName("name", in: claim, Names.dnsLabel)
                seen.insert(name)
            }
            let sources = ["resourceClaimName", "resourceClaimTemplateName"]
            let given = sources.filter { claim[$0] != nil }
            if given.count != 1 {
                let detail =
                    given.isEmpty
                    ? "must specify one of: `resourceClaimName`, `resourceClaimTemplateName`"
                    : "at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified"
                errors.report(.invalid("", .object(claim), detail))
            }
            for field in given { errors.invalid(field, claim.text(field), Names.dnsSubdomain(claim.text(field))) }
        }
    }
}
