/// Containers of all three kinds (k8s.io/kubernetes, pkg/apis/core/validation, validateContainers and its neighbours).
enum ContainerRules {
    static func all(_ spec: JSONObject, _ context: PodContext, _ errors: inout [FieldError]) {
        let names = spec.objects("containers").map { $0.text("name") }
        if names.isEmpty { errors.report(.required("containers")) }
        var seen: Set<String> = []
        errors.each("containers", in: spec) { container, errors in
            common(container, context, &errors)
            let name = container.text("name")
            if !seen.insert(name).inserted { errors.report(.duplicate("name", .string(name))) }
            ProbeRules.all(container, context, &errors)
            ContainerRestartRules.check(container, &errors)
        }
        checkPortConflicts(spec.objects("containers"), "containers", &errors)
        initContainers(spec, context, Set(names), &errors)
        EphemeralContainerRules.all(spec, context, &errors)
    }

    private static func initContainers(
        _ spec: JSONObject, _ context: PodContext, _ regular: Set<String>, _ errors: inout [FieldError]
    ) {
        var seen = regular
        for (index, container) in spec.objects("initContainers").enumerated() where !errors.isFull {
            errors.below("initContainers[\(index)]") { errors in
                common(container, context, &errors)
                let name = container.text("name")
                if seen.contains(name) {
                    errors.report(.duplicate("name", .string(name)))
                } else if !name.isEmpty {
                    seen.insert(name)
                }
                initOnly(container, context, &errors)
            }
            // They run one by one: each is looked at alone, and reported as if it were the first.
            checkPortConflicts([container], "initContainers", &errors)
        }
    }

    private static func initOnly(_ container: JSONObject, _ context: PodContext, _ errors: inout [FieldError]) {
        if container.text("restartPolicy") == "Always" {
            ContainerRestartRules.check(container, &errors)
            ProbeRules.all(container, context, &errors)
            return
        }
        if container["restartPolicy"] != nil {
            ContainerRestartRules.check(container, &errors)
        } else if !container.list("restartPolicyRules").isEmpty {
            errors.report(.required("restartPolicy", "must specify restartPolicy when restart rules are used"))
        }
        for field in ["lifecycle", "livenessProbe", "readinessProbe", "startupProbe"] where container[field] != nil {
            errors.report(.forbidden(field, "may not be set for init containers without restartPolicy=Always"))
        }
        errors.each("resizePolicy", in: container) { policy, errors in
            guard policy.text("restartPolicy") == "RestartContainer" else { return }
            errors.report(
                .invalid(
                    "restartPolicy", "RestartContainer",
                    "must not be set to 'RestartContainer' for non-sidecar initContainers"))
        }
    }

    static func common(_ container: JSONObject, _ context: PodContext, _ errors: inout [FieldError]) {
        errors.requiredName("name", in: container, Names.dnsLabel)
        if container.text("image").isEmpty { errors.report(.required("image")) }
        errors.oneOf(
            "terminationMessagePolicy", in: container, ["File", "FallbackToLogsOnError"], isRequired: true)
        checkPorts(container, &errors)
        ContainerEnvironmentRules.check(container, &errors)
        ContainerMountRules.check(container, context, &errors)
        errors.oneOf("imagePullPolicy", in: container, ["Always", "IfNotPresent", "Never"], isRequired: true)
        errors.below("resources") {
            PodResourceRules.requirements(container.object("resources"), context, isPodLevel: false, &$0)
        }
        checkResizePolicies(container, context, &errors)
        if let security = container["securityContext"]?.object {
            errors.below("securityContext") { PodSecurityRules.container(security, context, &$0) }
        }
    }

    private static func checkPorts(_ container: JSONObject, _ errors: inout [FieldError]) {
        var names: Set<String> = []
        errors.each("ports", in: container) { port, errors in
            let name = port.text("name")
            let problems = name.isEmpty ? [] : Names.portName(name)
            errors.invalid("name", name, problems)
            if !name.isEmpty, problems.isEmpty, !names.insert(name).inserted {
                errors.report(.duplicate("name", .string(name)))
            }
            let number = port.number("containerPort") ?? 0
            if number == 0 {
                errors.report(.required("containerPort"))
            } else {
                checkPort(number, "containerPort", &errors)
            }
            if let host = port.number("hostPort"), host != 0 { checkPort(host, "hostPort", &errors) }
            errors.oneOf("protocol", in: port, ["SCTP", "TCP", "UDP"], isRequired: true)
        }
    }

    private static func checkPort(_ number: Int64, _ field: String, _ errors: inout [FieldError]) {
        for problem in Names.port(number) { errors.report(.invalid(field, .integer(number), problem)) }
    }

    /// A number or the name of a port.
    static func checkPort(_ port: JSON, _ field: String, _ errors: inout [FieldError]) {
        switch port {
        case .integer(let number): checkPort(number, field, &errors)
        case .string(let name): errors.invalid(field, name, Names.portName(name))
        default: break
        }
    }

    private static func checkPortConflicts(
        _ containers: [JSONObject], _ field: String, _ errors: inout [FieldError]
    ) {
        var seen: Set<String> = []
        for (index, container) in containers.enumerated() {
            for (place, port) in container.objects("ports").enumerated() {
                guard let host = port.number("hostPort"), host != 0 else { continue }
                let identity = "\(port.text("protocol"))/\(port.text("hostIP"))/\(host)"
                if !seen.insert(identity).inserted {
                    errors.report(.duplicate("\(field)[\(index)].ports[\(place)].hostPort", .string(identity)))
                }
            }
        }
    }

    private static func checkResizePolicies(
        _ container: JSONObject, _ context: PodContext, _ errors: inout [FieldError]
    ) {
        var seen: Set<String> = []
        for (index, policy) in container.objects("resizePolicy").enumerated() {
            let name = policy.text("resourceName")
            if !seen.insert(name).inserted { errors.report(.duplicate("resizePolicy[\(index)]", .string(name))) }
            for (field, allowed) in [
                ("resourceName", ["cpu", "memory"]), ("restartPolicy", ["NotRequired", "RestartContainer"]),
            ] {
                let value = policy.text(field)
                if value.isEmpty {
                    errors.report(.required("resizePolicy"))
                } else if !allowed.contains(value) {
                    errors.report(.notSupported("resizePolicy", .string(value), allowed))
                }
            }
            if context.restartPolicy == "Never", policy.text("restartPolicy") != "NotRequired" {
                errors.report(
                    .invalid(
                        "resizePolicy", .string(policy.text("restartPolicy")),
                        "must be 'NotRequired' when pod `restartPolicy` is 'Never'"))
            }
        }
    }
}

/// Restart policies of single containers.
enum ContainerRestartRules {
    static func check(_ container: JSONObject, _ errors: inout [FieldError]) {
        let rules = container.objects("restartPolicyRules")
        if container["restartPolicy"] == nil {
            if rules.isEmpty { return }
            errors.report(.required("restartPolicy", "must specify restartPolicy when restart rules are used"))
        }
        errors.oneOf("restartPolicy", in: container, ["Always", "Never", "OnFailure"])
        if rules.count > 20 { errors.report(.tooMany("restartPolicyRules", rules.count, 20)) }
        errors.each("restartPolicyRules", in: container) { rule, errors in
            let actions = ["Restart", "RestartAllContainers"]
            if !actions.contains(rule.text("action")) {
                errors.report(.notSupported("action", .string(rule.text("action")), actions))
            }
            guard let codes = rule["exitCodes"]?.object else {
                errors.report(.required("exitCodes", "must be specified"))
                return
            }
            if !["In", "NotIn"].contains(codes.text("operator")) {
                errors.report(.notSupported("exitCodes.operator", .string(codes.text("operator")), ["In", "NotIn"]))
            }
            let values = codes.list("values")
            if values.count > 255 { errors.report(.tooMany("exitCodes.values", values.count, 255)) }
        }
    }
}

/// Containers that are added to a running pod to look into it.
enum EphemeralContainerRules {
    private static let allowed: Set = [
        "name", "image", "command", "args", "workingDir", "envFrom", "env", "volumeMounts", "volumeDevices",
        "terminationMessagePath", "terminationMessagePolicy", "imagePullPolicy", "securityContext", "stdin",
        "stdinOnce", "tty", "targetContainerName",
    ]

    static func all(_ spec: JSONObject, _ context: PodContext, _ errors: inout [FieldError]) {
        let others = Set(
            ["containers", "initContainers"].flatMap { spec.objects($0).map { $0.text("name") } })
        var seen = others
        errors.each("ephemeralContainers", in: spec) { container, errors in
            ContainerRules.common(container, context, &errors)
            let name = container.text("name")
            if !seen.insert(name).inserted { errors.report(.duplicate("name", .string(name))) }
            let target = container.text("targetContainerName")
            if !target.isEmpty, !others.contains(target) {
                errors.report(.notFound("targetContainerName", .string(target)))
            }
            for (field, value) in container where !allowed.contains(field) && !isEmpty(value) {
                errors.report(.forbidden(field, "cannot be set for an Ephemeral Container"))
            }
            errors.each("volumeMounts", in: container) { mount, errors in
                for field in ["subPath", "subPathExpr"] where !mount.text(field).isEmpty {
                    errors.report(.forbidden(field, "cannot be set for an Ephemeral Container"))
                }
            }
        }
    }

    private static func isEmpty(_ value: JSON) -> Bool {
        value.isNullLiteral || value == .array([]) || value == .object(JSONObject())
    }
}
