/// Endpoints and EndpointSlices.
enum EndpointRules {
    @Sendable static func endpoints(_ object: JSONObject, _ errors: inout [FieldError]) {
        errors.each("subsets", in: object) { subset, errors in
            if subset.list("addresses").isEmpty, subset.list("notReadyAddresses").isEmpty {
                errors.report(.required("", "must specify `addresses` or `notReadyAddresses`"))
            }
            for field in ["addresses", "notReadyAddresses"] { errors.each(field, in: subset, address) }
            let needsName = subset.list("ports").count > 1
            errors.each("ports", in: subset) { port, errors in
                if needsName {
                    errors.requiredName("name", in: port, Names.dnsLabel)
                } else {
                    errors.named("name", in: port, Names.dnsLabel)
                }
                let number = port.number("port") ?? 0
                for problem in Names.port(number) { errors.report(.invalid("port", .integer(number), problem)) }
                errors.oneOf("protocol", in: port, ["SCTP", "TCP", "UDP"], isRequired: true)
                appProtocol(port, &errors)
            }
        }
    }

    private static func address(_ address: JSONObject, _ errors: inout [FieldError]) {
        let ip = address.text("ip")
        PodNetworkRules.checkAddress("ip", ip, &errors)
        errors.named("hostname", in: address, Names.dnsLabel)
        if let node = address["nodeName"]?.string { errors.invalid("nodeName", node, Names.dnsSubdomain(node)) }
        errors.invalid("ip", ip, IPAddress.endpointProblems(ip))
    }

    private static func appProtocol(_ port: JSONObject, _ errors: inout [FieldError]) {
        if let name = port["appProtocol"]?.string { errors.invalid("appProtocol", name, Names.qualifiedName(name)) }
    }

    @Sendable static func slice(_ object: JSONObject, _ errors: inout [FieldError]) {
        errors.oneOf("addressType", in: object, ["FQDN", "IPv4", "IPv6"], isRequired: true)
        let count = object.list("endpoints").count
        if count > 1000 {
            errors.report(.tooMany("endpoints", count, 1000))
        } else {
            errors.each("endpoints", in: object) { endpoint($0, object.text("addressType"), &$1) }
        }
        checkPorts(object, &errors)
    }

    private static func endpoint(_ endpoint: JSONObject, _ type: String, _ errors: inout [FieldError]) {
        let addresses = endpoint.texts("addresses")
        if addresses.isEmpty { errors.report(.required("addresses", "must contain at least 1 address")) }
        if addresses.count > 100 { errors.report(.tooMany("addresses", addresses.count, 100)) }
        for (index, address) in addresses.enumerated() {
            errors.invalid("addresses[\(index)]", address, problems(of: address, type))
        }
        if let node = endpoint["nodeName"]?.string { errors.invalid("nodeName", node, Names.dnsSubdomain(node)) }
        let topology = endpoint.object("deprecatedTopology")
        if topology.count > 16 { errors.report(.tooMany("deprecatedTopology", topology.count, 16)) }
        errors.below("deprecatedTopology") { MetadataRules.labels(topology, "", &$0) }
        if let name = endpoint["hostname"]?.string { errors.invalid("hostname", name, Names.dnsLabel(name)) }
        let hints = endpoint.object("hints")
        for (field, check) in [("forZones", Names.labelValue), ("forNodes", Names.dnsSubdomain)] {
            let count = hints.list(field).count
            if count > 8 {
                errors.report(.tooMany("hints.\(field)", count, 8))
                continue
            }
            var seen: Set<String> = []
            errors.below("hints") { errors in
                errors.each(field, in: hints) { hint, errors in
                    let name = hint.text("name")
                    if !seen.insert(name).inserted { errors.report(.duplicate("name", .string(name))) }
                    errors.invalid("name", name, check(name))
                }
            }
        }
    }

    private static func problems(of address: String, _ type: String) -> [String] {
        switch type {
        case "IPv4", "IPv6":
            if IPAddress.bytes(address) == nil {
                ["must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"]
            } else if type == "IPv4" {
                (IPAddress.isV4(address) ? [] : ["must be an IPv4 address"]) + IPAddress.endpointProblems(address)
            } else {
                (IPAddress.isV6(address) ? [] : ["must be an IPv6 address"]) + IPAddress.endpointProblems(address)
            }
        case "FQDN": domainProblems(address)
        default: []
        }
    }

    private static func domainProblems(_ name: String) -> [String] {
        if name.isEmpty { return ["Required value"] }
        let trimmed = name.hasSuffix(".") ? String(name.dropLast()) : name
        let problems = Names.dnsSubdomain(trimmed)
        if !problems.isEmpty { return problems }
        if trimmed.split(separator: ".").count < 2 {
            return ["should be a domain with at least two segments separated by dots"]
        }
        return trimmed.split(separator: ".").flatMap { Names.dnsLabel(String($0)) }
    }

    private static func checkPorts(_ object: JSONObject, _ errors: inout [FieldError]) {
        let count = object.list("ports").count
        if count > 20000 {
            errors.report(.tooMany("ports", count, 20000))
            return
        }
        var names: Set<String> = []
        errors.each("ports", in: object) { port, errors in
            let name = port.text("name")
            errors.named("name", in: port, Names.dnsLabel)
            if !names.insert(name).inserted { errors.report(.duplicate("name", .string(name))) }
            errors.oneOf("protocol", in: port, ["SCTP", "TCP", "UDP"], isRequired: true)
            appProtocol(port, &errors)
        }
    }
}
