/// Pods and pod templates.
enum PodRules {
    @Sendable static func spec(_ spec: JSONObject, _ errors: inout [FieldError]) {
        if spec.list("containers").isEmpty { errors.append(.required("containers")) }
        checkContainerNames(spec, &errors)
        errors.unique("volumes", in: spec)
        let volumes = Set(spec.objects("volumes").map { $0.text("name") })
        checkMounts(spec, volumes, &errors)
        checkNames(spec, &errors)
        for (key, value) in spec.object("nodeSelector") {
            errors.invalid("nodeSelector", key, Names.qualifiedName(key))
            errors.invalid("nodeSelector", value.string ?? "", Names.labelValue(value.string ?? ""))
        }
        errors.nonNegative(["terminationGracePeriodSeconds"], in: spec)
        if let seconds = spec.number("activeDeadlineSeconds"), !(1...Int64(Int32.max)).contains(seconds) {
            errors.append(
                .invalid("activeDeadlineSeconds", .integer(seconds), "must be between 1 and 2147483647, inclusive"))
        }
        checkHostPorts(spec, &errors)
        checkDNS(spec, &errors)
        checkInitContainers(spec, &errors)
    }

    /// Names are unique over all kinds of containers.
    private static func checkContainerNames(_ spec: JSONObject, _ errors: inout [FieldError]) {
        var seen: Set<String> = []
        for field in ["containers", "initContainers", "ephemeralContainers"] {
            for (index, container) in spec.objects(field).enumerated() {
                let name = container.text("name")
                if !name.isEmpty, !seen.insert(name).inserted {
                    errors.append(.duplicate("\(field)[\(index)].name", .string(name)))
                }
            }
        }
    }

    private static func checkMounts(_ spec: JSONObject, _ volumes: Set<String>, _ errors: inout [FieldError]) {
        for field in ["initContainers", "containers", "ephemeralContainers"] {
            errors.each(field, in: spec) { container, errors in
                for (index, mount) in container.objects("volumeMounts").enumerated() {
                    let name = mount.text("name")
                    if !name.isEmpty, !volumes.contains(name) {
                        errors.append(.notFound("volumeMounts[\(index)].name", .string(name)))
                    }
                }
                for (index, device) in container.objects("volumeDevices").enumerated() {
                    let name = device.text("name")
                    if !name.isEmpty, !volumes.contains(name) {
                        errors.append(.notFound("volumeDevices[\(index)].name", .string(name)))
                    }
                }
            }
        }
    }

    private static func checkNames(_ spec: JSONObject, _ errors: inout [FieldError]) {
        for field in ["serviceAccountName", "nodeName", "priorityClassName", "runtimeClassName"]
        where !spec.text(field).isEmpty {
            errors.invalid(field, spec.text(field), Names.dnsSubdomain(spec.text(field)))
        }
        for field in ["hostname", "subdomain"] where !spec.text(field).isEmpty {
            errors.invalid(field, spec.text(field), Names.dnsLabel(spec.text(field)))
        }
        if spec.flag("shareProcessNamespace"), spec.flag("hostPID") {
            errors.append(
                .invalid(
                    "securityContext.shareProcessNamespace", true,
                    "ShareProcessNamespace and HostPID cannot both be enabled"))
        }
    }

    private static func checkHostPorts(_ spec: JSONObject, _ errors: inout [FieldError]) {
        var seen: Set<String> = []
        for (index, container) in spec.objects("containers").enumerated() {
            for (place, port) in container.objects("ports").enumerated() {
                let field = "containers[\(index)].ports[\(place)]"
                let hostPort = port.number("hostPort") ?? 0
                if hostPort == 0 { continue }
                if spec.flag("hostNetwork"), hostPort != port.number("containerPort") {
                    errors.append(
                        .invalid(
                            "\(field).containerPort", port["containerPort"] ?? 0,
                            "must match `hostPort` when `hostNetwork` is true"))
                }
                let identity = "\(port.text("protocol"))/\(port.text("hostIP"))/\(hostPort)"
                if !seen.insert(identity).inserted {
                    errors.append(.duplicate("\(field).hostPort", .string(identity)))
                }
            }
        }
    }

    private static func checkDNS(_ spec: JSONObject, _ errors: inout [FieldError]) {
        if spec.text("dnsPolicy") == "None", spec.object("dnsConfig").list("nameservers").isEmpty {
            errors.append(
                .required("dnsConfig.nameservers", "must provide at least one DNS nameserver when `dnsPolicy` is None"))
        }
    }

    /// Only containers that keep running may have what looks at a running container.
    private static func checkInitContainers(_ spec: JSONObject, _ errors: inout [FieldError]) {
        errors.each("initContainers", in: spec) { container, errors in
            if container.text("restartPolicy") == "Always" { return }
            for field in ["lifecycle", "livenessProbe", "readinessProbe", "startupProbe"] where container[field] != nil
            {
                errors.append(.forbidden(field, "may not be set for init containers without restartPolicy=Always"))
            }
        }
    }

    @Sendable static func volume(_ volume: JSONObject, _ errors: inout [FieldError]) {
        let name = volume.text("name")
        if name.isEmpty { errors.append(.required("name")) } else { errors.invalid("name", name, Names.dnsLabel(name)) }
        let sources = volume.keys.filter { $0 != "name" }
        if sources.isEmpty { errors.append(.required("", "must specify a volume type")) }
        for extra in sources.dropFirst() {
            errors.removeAll { $0.field.hasPrefix(extra + ".") }
            errors.append(.forbidden(extra, "may not specify more than 1 volume type"))
        }
    }

    @Sendable static func toleration(_ toleration: JSONObject, _ errors: inout [FieldError]) {
        let key = toleration.text("key")
        let operation = toleration.text("operator")
        if !key.isEmpty { errors.invalid("key", key, Names.qualifiedName(key)) }
        if key.isEmpty, operation != "Exists" {
            errors.append(
                .invalid(
                    "operator", .string(operation),
                    "operator must be Exists when `key` is empty, which means \"match all values and all keys\""))
        }
        if toleration["tolerationSeconds"] != nil, toleration.text("effect") != "NoExecute" {
            errors.append(
                .invalid(
                    "effect", .string(toleration.text("effect")),
                    "effect must be 'NoExecute' when `tolerationSeconds` is set"))
        }
        if operation == "Exists", !toleration.text("value").isEmpty {
            errors.append(.invalid("operator", .object(toleration), "value must be empty when `operator` is 'Exists'"))
        } else if operation.isEmpty || operation == "Equal" {
            errors.invalid("operator", toleration.text("value"), Names.labelValue(toleration.text("value")))
        }
    }
}
