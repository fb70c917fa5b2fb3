enum ContainerRules {
    @Sendable static func container(_ container: JSONObject, _ errors: inout [FieldError]) {
        let name = container.text("name")
        if name.isEmpty { errors.append(.required("name")) } else { errors.invalid("name", name, Names.dnsLabel(name)) }
        let image = container.text("image")
        if image.isEmpty {
            errors.append(.required("image"))
        } else if image.first?.isWhitespace == true || image.last?.isWhitespace == true {
            errors.append(.invalid("image", .string(image), "must not have leading or trailing whitespace"))
        }
        checkPorts(container, &errors)
        checkMounts(container, &errors)
        checkProbes(container, &errors)
    }

    private static func checkPorts(_ container: JSONObject, _ errors: inout [FieldError]) {
        errors.unique("ports", in: container)
        errors.each("ports", in: container) { port, errors in
            let name = port.text("name")
            if !name.isEmpty { errors.invalid("name", name, Names.portName(name)) }
            let number = port.number("containerPort") ?? 0
            if number == 0 {
                errors.append(.required("containerPort"))
            } else {
                for problem in Names.port(number) {
                    errors.append(.invalid("containerPort", .integer(number), problem))
                }
            }
            if let number = port.number("hostPort"), number != 0 {
                for problem in Names.port(number) { errors.append(.invalid("hostPort", .integer(number), problem)) }
            }
            if port.text("protocol").isEmpty { errors.append(.required("protocol")) }
        }
    }

    private static func checkMounts(_ container: JSONObject, _ errors: inout [FieldError]) {
        var paths: Set<String> = []
        for (index, mount) in container.objects("volumeMounts").enumerated() {
            let field = "volumeMounts[\(index)]"
            if mount.text("name").isEmpty { errors.append(.required("\(field).name")) }
            let path = mount.text("mountPath")
            if path.isEmpty {
                errors.append(.required("\(field).mountPath"))
            } else if !paths.insert(path).inserted {
                errors.append(.invalid("\(field).mountPath", .string(path), "must be unique"))
            }
            let (inner, expression) = (mount.text("subPath"), mount.text("subPathExpr"))
            if !inner.isEmpty, !expression.isEmpty {
                errors.append(
                    .invalid(
                        "\(field).subPathExpr", .string(expression), "subPathExpr and subPath are mutually exclusive"))
            }
            for (name, path) in [("subPath", inner), ("subPathExpr", expression)] where !path.isEmpty {
                if path.hasPrefix("/") {
                    errors.append(.invalid("\(field).\(name)", .string(path), "must be a relative path"))
                }
                if path.split(separator: "/").contains("..") {
                    errors.append(.invalid("\(field).\(name)", .string(path), "must not contain '..'"))
                }
            }
        }
        errors.unique("volumeDevices", by: "devicePath", in: container)
    }

    private static func checkProbes(_ container: JSONObject, _ errors: inout [FieldError]) {
        for field in ["livenessProbe", "startupProbe"] {
            guard let probe = container[field]?.object, let threshold = probe.number("successThreshold"), threshold != 1
            else { continue }
            errors.append(.invalid("\(field).successThreshold", .integer(threshold), "must be 1"))
        }
        if let seconds = container.object("readinessProbe")["terminationGracePeriodSeconds"] {
            errors.append(
                .invalid("readinessProbe.terminationGracePeriodSeconds", seconds, "must not be set for readinessProbes")
            )
        }
    }

    @Sendable static func probe(_ probe: JSONObject, _ errors: inout [FieldError]) {
        checkHandler(probe, ["exec", "httpGet", "tcpSocket", "grpc"], &errors)
        errors.nonNegative(
            ["initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"],
            in: probe)
        if let seconds = probe.number("terminationGracePeriodSeconds"), seconds <= 0 {
            errors.append(.invalid("terminationGracePeriodSeconds", .integer(seconds), "must be greater than 0"))
        }
    }

    @Sendable static func handler(_ handler: JSONObject, _ errors: inout [FieldError]) {
        checkHandler(handler, ["exec", "httpGet", "tcpSocket", "sleep"], &errors)
    }

    private static func checkHandler(_ handler: JSONObject, _ kinds: [String], _ errors: inout [FieldError]) {
        let found = kinds.filter { handler[$0] != nil }
        if found.isEmpty { errors.append(.required("", "must specify a handler type")) }
        for extra in found.dropFirst() {
            errors.append(.forbidden(extra, "may not specify more than 1 handler type"))
        }
        if handler["exec"] != nil, handler.object("exec").list("command").isEmpty {
            errors.append(.required("exec.command"))
        }
        for kind in ["httpGet", "tcpSocket"] where handler[kind] != nil {
            checkPort(handler.object(kind)["port"] ?? 0, "\(kind).port", &errors)
        }
        if handler["httpGet"] != nil, handler.object("httpGet").text("path").isEmpty {
            errors.append(.required("httpGet.path"))
        }
        if let port = handler.object("grpc").number("port") { checkPort(.integer(port), "grpc.port", &errors) }
    }

    /// A number or the name of a port.
    static func checkPort(_ port: JSON, _ field: String, _ errors: inout [FieldError]) {
        switch port {
        case .integer(let number):
            for problem in Names.port(number) { errors.append(.invalid(field, port, problem)) }
        case .string(let name): errors.invalid(field, name, Names.portName(name))
        default: break
        }
    }

    @Sendable static func variable(_ variable: JSONObject, _ errors: inout [FieldError]) {
        let name = variable.text("name")
        if name.isEmpty {
            errors.append(.required("name"))
        } else {
            errors.invalid("name", name, Names.environmentVariable(name))
        }
        guard let source = variable["valueFrom"]?.object else { return }
        if source.isEmpty {
            errors.append(
                .invalid(
                    "valueFrom", "",
                    "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `fileKeyRef` or `secretKeyRef`"
                ))
        } else if !variable.text("value").isEmpty {
            errors.append(.invalid("valueFrom", "", "may not be specified when `value` is not empty"))
        } else if source.count > 1 {
            errors.append(.invalid("valueFrom", "", "may not have more than one field specified at a time"))
        }
        for reference in ["configMapKeyRef", "secretKeyRef"] where source[reference] != nil {
            let key = source.object(reference)
            if key.text("name").isEmpty { errors.append(.required("valueFrom.\(reference).name")) }
            if key.text("key").isEmpty {
                errors.append(.required("valueFrom.\(reference).key"))
            } else {
                errors.invalid("valueFrom.\(reference).key", key.text("key"), Names.configKey(key.text("key")))
            }
        }
    }

    @Sendable static func securityContext(_ context: JSONObject, _ errors: inout [FieldError]) {
        for field in ["runAsUser", "runAsGroup", "fsGroup"] {
            if let id = context.number(field), !(0...Int64(Int32.max)).contains(id) {
                errors.append(.invalid(field, .integer(id), "must be between 0 and 2147483647, inclusive"))
            }
        }
        if context["allowPrivilegeEscalation"] == false, context.flag("privileged") {
            errors.append(
                .invalid(
                    "", .object(context), "cannot set `allowPrivilegeEscalation` to false and `privileged` to true"))
        }
    }
}
