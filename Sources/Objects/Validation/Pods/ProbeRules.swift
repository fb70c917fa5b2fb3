/// Probes and lifecycle hooks.
enum ProbeRules {
    static func all(_ container: JSONObject, _ context: PodContext, _ errors: inout [FieldError]) {
        if let lifecycle = container["lifecycle"]?.object {
            errors.below("lifecycle") { checkLifecycle(lifecycle, context, &$0) }
        }
        for field in ["livenessProbe", "readinessProbe", "startupProbe"] {
            guard let probe = container[field]?.object else { continue }
            errors.below(field) { errors in
                check(probe, context, &errors)
                if field == "readinessProbe" {
                    if let seconds = probe["terminationGracePeriodSeconds"] {
                        errors.report(
                            .invalid(
                                "terminationGracePeriodSeconds", seconds, "must not be set for readinessProbes"))
                    }
                } else if let threshold = probe.number("successThreshold"), threshold != 1 {
                    errors.report(.invalid("successThreshold", .integer(threshold), "must be 1"))
                }
            }
        }
    }

    private static func check(_ probe: JSONObject, _ context: PodContext, _ errors: inout [FieldError]) {
        checkHandler(probe, ["exec", "httpGet", "tcpSocket", "grpc"], context, &errors)
        errors.nonNegative(
            ["initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"],
            in: probe)
        if let seconds = probe.number("terminationGracePeriodSeconds"), seconds <= 0 {
            errors.report(.invalid("terminationGracePeriodSeconds", .integer(seconds), "must be greater than 0"))
        }
    }

    private static func checkLifecycle(
        _ lifecycle: JSONObject, _ context: PodContext, _ errors: inout [FieldError]
    ) {
        for field in ["postStart", "preStop"] {
            guard let handler = lifecycle[field]?.object else { continue }
            errors.below(field) { checkHandler(handler, ["exec", "httpGet", "tcpSocket", "sleep"], context, &$0) }
        }
        guard let signal = lifecycle["stopSignal"] else { return }
        if context.system.isEmpty {
            errors.report(
                .forbidden("stopSignal", "may not be set for containers with empty `spec.os.name`"))
        } else if context.system == "windows", !["SIGKILL", "SIGTERM"].contains(signal.string ?? "") {
            errors.report(.notSupported("stopSignal", signal, ["SIGKILL", "SIGTERM"]))
        } else if !(signal.string ?? "").hasPrefix("SIG") {
            errors.report(.notSupported("stopSignal", signal, []))
        }
    }

    private static func checkHandler(
        _ handler: JSONObject, _ kinds: [String], _ context: PodContext, _ errors: inout [FieldError]
    ) {
        let found = kinds.filter { handler[$0] != nil }
        for extra in found.dropFirst() {
            errors.report(.forbidden(extra, "may not specify more than 1 handler type"))
        }
        guard let kind = found.first else {
            errors.report(.required("", "must specify a handler type"))
            return
        }
        let action = handler.object(kind)
        errors.below(kind) { errors in
            switch kind {
            case "exec": if action.list("command").isEmpty { errors.report(.required("command")) }
            case "httpGet": checkHTTP(action, &errors)
            case "sleep": checkSleep(action, context, &errors)
            default: ContainerRules.checkPort(action["port"] ?? 0, "port", &errors)
            }
        }
    }

    private static func checkHTTP(_ action: JSONObject, _ errors: inout [FieldError]) {
        if action.text("path").isEmpty { errors.report(.required("path")) }
        ContainerRules.checkPort(action["port"] ?? 0, "port", &errors)
        if !["HTTP", "HTTPS"].contains(action.text("scheme")) {
            errors.report(.notSupported("scheme", .string(action.text("scheme")), ["HTTP", "HTTPS"]))
        }
        for header in action.objects("httpHeaders") {
            errors.invalid("httpHeaders", header.text("name"), Names.httpHeader(header.text("name")))
        }
    }

    private static func checkSleep(_ action: JSONObject, _ context: PodContext, _ errors: inout [FieldError]) {
        guard let grace = context.gracePeriod, let seconds = action.number("seconds") else { return }
        if seconds < 0 || seconds > grace {
            errors.report(
                .invalid(
                    "", .integer(seconds),
                    "must be non-negative and less than terminationGracePeriodSeconds (\(grace))"))
        }
    }
}
