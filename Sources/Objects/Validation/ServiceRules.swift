/// Services (k8s.io/kubernetes, pkg/apis/core/validation, validateService).
enum ServiceRules {
    @Sendable static func service(_ service: JSONObject, _ errors: inout [FieldError]) {
        let spec = service.object("spec")
        let annotations = service.object("metadata").object("annotations")
        let (hints, mode) = ("service.kubernetes.io/topology-aware-hints", "service.kubernetes.io/topology-mode")
        if let hint = annotations[hints], let value = annotations[mode], hint != value {
            errors.report(
                .invalid(
                    "metadata.annotations[\(mode)]", value, "must match annotations[\(hints)] when both are specified"))
        }
        errors.below("spec") { check(spec, &$0) }
        if spec.text("type") == "LoadBalancer", spec["allocateLoadBalancerNodePorts"] == nil {
            errors.report(.required("allocateLoadBalancerNodePorts"))
        }
        let ranges = "service.beta.kubernetes.io/load-balancer-source-ranges"
        if spec.list("loadBalancerSourceRanges").isEmpty, let value = annotations[ranges]?.string {
            errors.below("metadata.annotations[\(ranges)]") { sourceRanges(value, spec, &$0) }
        }
    }

    private static func check(_ spec: JSONObject, _ errors: inout [FieldError]) {
        let type = spec.text("type")
        let isHeadless = spec.text("clusterIP") == "None"
        if spec.list("ports").isEmpty, !isHeadless, type != "ExternalName" { errors.report(.required("ports")) }
        if type == "LoadBalancer" || type == "NodePort", isHeadless {
            errors.report(.invalid("clusterIPs[0]", "None", "may not be set to 'None' for \(type) services"))
        }
        if type == "ExternalName" { checkExternalName(spec, &errors) }
        checkPorts(spec, &errors)
        errors.below("selector") { MetadataRules.labels(spec.object("selector"), "", &$0) }
        checkAffinity(spec, &errors)
        if type != "ExternalName" { ServiceAddressRules.check(spec, &errors) }
        for (index, address) in spec.texts("externalIPs").enumerated() {
            errors.invalid("externalIPs[\(index)]", address, IPAddress.endpointProblems(address))
        }
        errors.oneOf("type", in: spec, ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"], isRequired: true)
        checkBalancer(spec, type, &errors)
        checkPolicies(spec, type, &errors)
    }

    private static func checkExternalName(_ spec: JSONObject, _ errors: inout [FieldError]) {
        let hasAddress = !spec.text("clusterIP").isEmpty || !spec.list("clusterIPs").isEmpty
        if hasAddress { errors.report(.forbidden("clusterIPs", "may not be set for ExternalName services")) }
        if !spec.list("ipFamilies").isEmpty {
            errors.report(.forbidden("ipFamilies", "may not be set for ExternalName services"))
        }
        if spec["ipFamilyPolicy"] != nil {
            errors.report(.forbidden("ipFamilyPolicy", "may not be set for ExternalName services"))
        }
        let name = spec.text("externalName")
        let trimmed = name.hasSuffix(".") ? String(name.dropLast()) : name
        if trimmed.isEmpty {
            errors.report(.required("externalName"))
        } else {
            errors.invalid("externalName", trimmed, Names.dnsSubdomain(trimmed))
        }
    }

    private static func checkPorts(_ spec: JSONObject, _ errors: inout [FieldError]) {
        let ports = spec.objects("ports")
        var names: Set<String> = []
        var places: Set<String> = []
        var nodePorts: Set<String> = []
        for (index, port) in ports.enumerated() {
            let field = "ports[\(index)]"
            let transport = port.text("protocol")
            errors.below(field) { errors in
                checkPort(port, needsName: ports.count > 1, &names, &errors)
                let nodePort = port.number("nodePort") ?? 0
                if nodePort == 0 { return }
                if spec.text("type") == "ClusterIP" {
                    errors.report(.forbidden("nodePort", "may not be used when `type` is 'ClusterIP'"))
                }
                if !nodePorts.insert("\(transport)/\(nodePort)").inserted {
                    errors.report(.duplicate("nodePort", .integer(nodePort)))
                }
            }
            if !places.insert("\(transport)/\(port.number("port") ?? 0)").inserted {
                errors.report(.duplicate(field, ["port": port["port"] ?? 0, "protocol": .string(transport)]))
            }
        }
    }

    private static func checkPort(
        _ port: JSONObject, needsName: Bool, _ names: inout Set<String>, _ errors: inout [FieldError]
    ) {
        let name = port.text("name")
        if name.isEmpty {
            if needsName { errors.report(.required("name")) }
        } else {
            errors.invalid("name", name, Names.dnsLabel(name))
            if !names.insert(name).inserted { errors.report(.duplicate("name", .string(name))) }
        }
        let number = port.number("port") ?? 0
        for problem in Names.port(number) { errors.report(.invalid("port", .integer(number), problem)) }
        errors.oneOf("protocol", in: port, ["SCTP", "TCP", "UDP"], isRequired: true)
        ContainerRules.checkPort(port["targetPort"] ?? 0, "targetPort", &errors)
        if let name = port["appProtocol"]?.string { errors.invalid("appProtocol", name, Names.qualifiedName(name)) }
    }

    private static func checkAffinity(_ spec: JSONObject, _ errors: inout [FieldError]) {
        errors.oneOf("sessionAffinity", in: spec, ["ClientIP", "None"], isRequired: true)
        let config = spec["sessionAffinityConfig"]?.object
        switch spec.text("sessionAffinity") {
        case "ClientIP":
            let message = "when session affinity type is ClientIP"
            guard let client = config?["clientIP"]?.object else {
                let field = "sessionAffinityConfig" + (config == nil ? "" : ".clientIP")
                errors.report(.required(field, message))
                return
            }
            let field = "sessionAffinityConfig.clientIP.timeoutSeconds"
            guard let seconds = client.number("timeoutSeconds") else {
                errors.report(.required(field, message))
                return
            }
            if !(1...86400).contains(seconds) {
                errors.report(.invalid(field, .integer(seconds), "must be greater than 0 and less than 86400"))
            }
        case "None" where config != nil:
            errors.report(.forbidden("sessionAffinityConfig", "must not be set when session affinity is None"))
        default: break
        }
    }

    private static func checkBalancer(_ spec: JSONObject, _ type: String, _ errors: inout [FieldError]) {
        let isBalanced = type == "LoadBalancer"
        let message = "may only be used when `type` is 'LoadBalancer'"
        let ranges = spec.texts("loadBalancerSourceRanges")
        if !ranges.isEmpty, !isBalanced { errors.report(.forbidden("LoadBalancerSourceRanges", message)) }
        for (index, range) in ranges.enumerated() {
            checkRange("LoadBalancerSourceRanges[\(index)]", range, &errors)
        }
        for field in ["allocateLoadBalancerNodePorts", "loadBalancerClass"] where !isBalanced && spec[field] != nil {
            errors.report(.forbidden(field, message))
        }
        if isBalanced, let name = spec["loadBalancerClass"]?.string {
            errors.invalid("loadBalancerClass", name, Names.qualifiedName(name))
        }
    }

    private static func sourceRanges(_ value: String, _ spec: JSONObject, _ errors: inout [FieldError]) {
        if spec.text("type") != "LoadBalancer" {
            errors.report(.forbidden("", "may only be used when `type` is 'LoadBalancer'"))
        }
        for range in value.split(separator: ",") { checkRange("", String(range), &errors) }
    }

    private static func checkRange(_ field: String, _ range: String, _ errors: inout [FieldError]) {
        let trimmed = range.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed()
        if !IPAddress.isTolerableRange(String(trimmed)) {
            errors.report(
                .invalid(field, .string(range), "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"))
        }
    }

    private static func checkPolicies(_ spec: JSONObject, _ type: String, _ errors: inout [FieldError]) {
        let isExternal =
            type == "LoadBalancer" || type == "NodePort" || type == "ClusterIP" && !spec.list("externalIPs").isEmpty
        let policy = spec.text("externalTrafficPolicy")
        if isExternal {
            errors.oneOf("externalTrafficPolicy", in: spec, ["Cluster", "Local"], isRequired: true)
        } else if !policy.isEmpty {
            errors.report(
                .invalid("externalTrafficPolicy", .string(policy), "may only be set for externally-accessible services")
            )
        }
        let port = spec.number("healthCheckNodePort") ?? 0
        // A port that is missing where it is needed is allocated later.
        if port != 0, !needsHealthCheck(spec) {
            errors.report(
                .invalid(
                    "healthCheckNodePort", .integer(port),
                    "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"))
        } else if port != 0 {
            for problem in Names.port(port) { errors.report(.invalid("healthCheckNodePort", .integer(port), problem)) }
        }
        let isInside = ["ClusterIP", "NodePort", "LoadBalancer"].contains(type)
        errors.oneOf("internalTrafficPolicy", in: spec, ["Cluster", "Local"], isRequired: isInside)
        errors.oneOf("trafficDistribution", in: spec, ["PreferClose", "PreferSameZone", "PreferSameNode"])
    }

    package static func needsHealthCheck(_ spec: JSONObject) -> Bool {
        spec.text("type") == "LoadBalancer" && spec.text("externalTrafficPolicy") == "Local"
    }

    static func update(_ new: Object, _ old: Object, _ errors: inout [FieldError]) {
        let (after, before) = (new["spec"]?.object ?? JSONObject(), old["spec"]?.object ?? JSONObject())
        ServiceAddressRules.update(after, before, &errors)
        if after.text("type") == "LoadBalancer", before.text("type") == "LoadBalancer",
            after["loadBalancerClass"] != before["loadBalancerClass"]
        {
            errors.report(
                .invalid("spec.loadBalancerClass", after["loadBalancerClass"] ?? .null, "may not change once set"))
        }
        // Upstream looks at the class of another type in two places.
        if after.text("type") != "LoadBalancer", after["loadBalancerClass"] != nil {
            errors.report(.forbidden("spec.loadBalancerClass", "may only be used when `type` is 'LoadBalancer'"))
        }
        if needsHealthCheck(after), needsHealthCheck(before),
            after["healthCheckNodePort"] != before["healthCheckNodePort"]
        {
            errors.report(.forbidden("spec.healthCheckNodePort", "field is immutable"))
        }
    }

    /// What a load balancer reports about itself.
    static func status(_ new: Object, _ old: Object, _ errors: inout [FieldError]) {
        let status = new["status", "loadBalancer"]?.object ?? JSONObject()
        errors.below("status.loadBalancer") { errors in
            if new["spec", "type"]?.string != "LoadBalancer" {
                if !status.list("ingress").isEmpty {
                    errors.report(.forbidden("ingress", "may only be used when `spec.type` is 'LoadBalancer'"))
                }
                return
            }
            errors.each("ingress", in: status, ingress)
        }
    }

    private static func ingress(_ ingress: JSONObject, _ errors: inout [FieldError]) {
        let address = ingress.text("ip")
        if !address.isEmpty { PodNetworkRules.checkAddress("ip", address, &errors) }
        if ingress["ipMode"] == nil {
            if !address.isEmpty { errors.report(.required("ipMode", "must be specified when `ip` is set")) }
        } else if address.isEmpty {
            errors.report(.forbidden("ipMode", "may not be specified when `ip` is not set"))
        } else {
            errors.oneOf("ipMode", in: ingress, ["Proxy", "VIP"])
        }
        errors.named("hostname", in: ingress, Names.dnsSubdomain)
        if IPAddress.isTolerable(ingress.text("hostname")) {
            errors.report(
                .invalid(
                    "hostname", .string(ingress.text("hostname")), "must be a DNS name, not an IP address"))
        }
    }
}
