/// Names, name servers and ports of a pod.
enum PodNetworkRules {
    static func check(_ spec: JSONObject, _ context: PodContext, _ errors: inout [FieldError]) {
        if spec.flag("hostNetwork") { checkHostPorts(spec, context, &errors) }
        errors.oneOf(
            "dnsPolicy", in: spec, ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"], isRequired: true)
        errors.below("dnsConfig") { checkConfig(spec, &$0) }
        errors.each("hostAliases", in: spec) { alias, errors in
            checkAddress("ip", alias.text("ip"), &errors)
            for (index, name) in alias.texts("hostnames").enumerated() {
                errors.invalid("hostnames[\(index)]", name, Names.dnsSubdomain(name))
            }
        }
        checkOverride(spec, &errors)
    }

    static func checkAddress(_ field: String, _ address: String, _ errors: inout [FieldError]) {
        if !IPAddress.isTolerable(address) {
            errors.report(
                .invalid(field, .string(address), "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"))
        }
    }

    private static func checkHostPorts(_ spec: JSONObject, _ context: PodContext, _ errors: inout [FieldError]) {
        errors.each("containers", in: spec) { container, errors in
            errors.each("ports", in: container) { port, errors in
                let (host, inside) = (port.number("hostPort") ?? 0, port.number("containerPort") ?? 0)
                if context.isPod || host != 0, host != inside {
                    errors.report(
                        .invalid(
                            "hostPort", .integer(host), "must match `containerPort` when `hostNetwork` is true"))
                }
            }
        }
    }

    private static func checkConfig(_ spec: JSONObject, _ errors: inout [FieldError]) {
        guard let config = spec["dnsConfig"]?.object else {
            if spec.text("dnsPolicy") == "None" {
                errors.report(.required("", "must provide `dnsConfig` when `dnsPolicy` is None"))
            }
            return
        }
        let servers = config.texts("nameservers")
        if servers.isEmpty, spec.text("dnsPolicy") == "None" {
            errors.report(
                .required("nameservers", "must provide at least one DNS nameserver when `dnsPolicy` is None"))
            return
        }
        if servers.count > 3 {
            errors.report(
                .invalid("nameservers", config["nameservers"] ?? .null, "must not have more than 3 nameservers"))
        }
        for (index, server) in servers.enumerated() { checkAddress("nameservers[\(index)]", server, &errors) }
        checkSearches(config, &errors)
        for (index, option) in config.objects("options").enumerated() where option.text("name").isEmpty {
            errors.report(.required("options[\(index)]", "must not be empty"))
        }
    }

    private static func checkSearches(_ config: JSONObject, _ errors: inout [FieldError]) {
        let searches = config.texts("searches")
        let shown = config["searches"] ?? .null
        if searches.count > 32 {
            errors.report(.invalid("searches", shown, "must not have more than 32 search paths"))
        }
        if searches.map(\.utf8.count).reduce(searches.count - 1, +) > 2048 {
            errors.report(
                .invalid(
                    "searches", shown, "must not have more than 2048 characters (including spaces) in the search list"))
        }
        for (index, search) in searches.enumerated() where search != "." {
            let name = search.hasSuffix(".") ? String(search.dropLast()) : search
            errors.invalid("searches[\(index)]", name, Names.dnsSubdomainWithUnderscore(name))
        }
    }

    private static func checkOverride(_ spec: JSONObject, _ errors: inout [FieldError]) {
        guard let name = spec["hostnameOverride"]?.string else { return }
        for field in ["setHostnameAsFQDN", "hostNetwork"] where spec.flag(field) {
            errors.report(.forbidden("hostnameOverride", "may not be specified when \(field) is true"))
        }
        if name.utf8.count > 64 { errors.report(.tooLong("hostnameOverride", 64)) }
        errors.invalid("hostnameOverride", name, Names.dnsSubdomain(name))
    }
}
