enum ServiceRules {
    @Sendable static func spec(_ spec: JSONObject, _ errors: inout [FieldError]) {
        let type = spec.text("type")
        let isHeadless = spec.text("clusterIP") == "None"
        if spec.list("ports").isEmpty, !isHeadless, type != "ExternalName" { errors.append(.required("ports")) }
        if type == "LoadBalancer", isHeadless {
            errors.append(.invalid("clusterIPs[0]", "None", "may not be set to 'None' for LoadBalancer services"))
        }
        if type == "NodePort", isHeadless {
            errors.append(.invalid("clusterIPs[0]", "None", "may not be set to 'None' for NodePort services"))
        }
        if type == "ExternalName" { checkExternalName(spec, &errors) }
        checkPorts(spec, headless: isHeadless, &errors)
        for (key, value) in spec.object("selector") {
            errors.invalid("selector", key, Names.qualifiedName(key))
            errors.invalid("selector", value.string ?? "", Names.labelValue(value.string ?? ""))
        }
        checkAddresses(spec, &errors)
        checkPolicies(spec, type, &errors)
    }

    private static func checkExternalName(_ spec: JSONObject, _ errors: inout [FieldError]) {
        let name = spec.text("externalName")
        for field in ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"] where !(spec[field]?.isZero ?? true) {
            let place = field == "clusterIP" ? "clusterIPs" : field
            let error = FieldError.forbidden(place, "may not be set when `type` is 'ExternalName'")
            if !errors.contains(error) { errors.append(error) }
        }
        let trimmed = name.hasSuffix(".") ? String(name.dropLast()) : name
        if trimmed.isEmpty {
            errors.append(.required("externalName"))
        } else {
            errors.invalid("externalName", name, Names.dnsSubdomain(trimmed))
        }
    }

    private static func checkPorts(_ spec: JSONObject, headless: Bool, _ errors: inout [FieldError]) {
        let ports = spec.objects("ports")
        var names: Set<String> = []
        var places: Set<String> = []
        var nodePorts: Set<String> = []
        let type = spec.text("type")
        for (index, port) in ports.enumerated() {
            let field = "ports[\(index)]"
            errors.below(field) { checkPort(port, needsName: ports.count > 1, headless: headless, &names, &$0) }
            if !places.insert("\(port.text("protocol"))/\(port.number("port") ?? 0)").inserted {
                errors.append(
                    .duplicate(field, ["port": port["port"] ?? 0, "protocol": .string(port.text("protocol"))]))
            }
            let nodePort = port.number("nodePort") ?? 0
            if nodePort == 0 { continue }
            if type != "NodePort", type != "LoadBalancer" {
                errors.append(.forbidden("\(field).nodePort", "may not be used when `type` is '\(type)'"))
            } else if !nodePorts.insert("\(port.text("protocol"))/\(nodePort)").inserted {
                errors.append(.duplicate("\(field).nodePort", .integer(nodePort)))
            }
        }
    }

    private static func checkPort(
        _ port: JSONObject, needsName: Bool, headless: Bool, _ names: inout Set<String>, _ errors: inout [FieldError]
    ) {
        let name = port.text("name")
        if name.isEmpty {
            if needsName { errors.append(.required("name")) }
        } else {
            errors.invalid("name", name, Names.dnsLabel(name))
            if !names.insert(name).inserted { errors.append(.duplicate("name", .string(name))) }
        }
        let number = port.number("port") ?? 0
        for problem in Names.port(number) { errors.append(.invalid("port", .integer(number), problem)) }
        if port.text("protocol").isEmpty { errors.append(.required("protocol")) }
        ContainerRules.checkPort(port["targetPort"] ?? 0, "targetPort", &errors)
    }

    private static func checkAddresses(_ spec: JSONObject, _ errors: inout [FieldError]) {
        for (index, address) in spec.texts("clusterIPs").enumerated() where address != "None" && !address.isEmpty {
            if !IPAddress.isValid(address) {
                errors.append(
                    .invalid(
                        "clusterIPs[\(index)]", .string(address),
                        "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"))
            }
        }
        let single = spec.text("clusterIP")
        if spec.list("clusterIPs").isEmpty, !single.isEmpty, single != "None", !IPAddress.isValid(single) {
            errors.append(
                .invalid(
                    "clusterIPs[0]", .string(single), "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"))
        }
        for (index, address) in spec.texts("externalIPs").enumerated() where !IPAddress.isValid(address) {
            errors.append(
                .invalid(
                    "externalIPs[\(index)]", .string(address),
                    "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"))
        }
    }

    private static func checkPolicies(_ spec: JSONObject, _ type: String, _ errors: inout [FieldError]) {
        let isExternal = type == "LoadBalancer" || type == "NodePort" || !spec.list("externalIPs").isEmpty
        let policy = spec.text("externalTrafficPolicy")
        if !policy.isEmpty, !isExternal {
            errors.append(
                .invalid("externalTrafficPolicy", .string(policy), "may only be set for externally-accessible services")
            )
        }
        if type != "LoadBalancer" {
            for field in ["loadBalancerClass", "allocateLoadBalancerNodePorts", "loadBalancerSourceRanges"]
            where spec[field] != nil {
                errors.append(.forbidden(field, "may only be used when `type` is 'LoadBalancer'"))
            }
        }
        if spec.text("sessionAffinity") == "ClientIP" {
            let seconds = spec.object("sessionAffinityConfig").object("clientIP").number("timeoutSeconds") ?? 0
            if !(1...86400).contains(seconds) {
                errors.append(
                    .invalid(
                        "sessionAffinityConfig.clientIP.timeoutSeconds", .integer(seconds),
                        "must be between 1 and 86400, inclusive"))
            }
        }
    }

    static func update(_ new: Object, _ old: Object, _ errors: inout [FieldError]) {
        let (newType, oldType) = (new["spec", "type"]?.string ?? "", old["spec", "type"]?.string ?? "")
        if newType == "ExternalName" || oldType == "ExternalName" { return }
        let (newAddress, oldAddress) = (new["spec", "clusterIP"]?.string ?? "", old["spec", "clusterIP"]?.string ?? "")
        if !oldAddress.isEmpty, newAddress != oldAddress {
            errors.append(.invalid("spec.clusterIPs[0]", .string(newAddress), "may not change once set"))
        }
    }
}

/// Addresses as text.
package enum IPAddress {
    package static func isValid(_ text: String) -> Bool { isV4(text) || isV6(text) }

    package static func isV4(_ text: String) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                guard !part.isEmpty, part.utf8.allSatisfy(Names.isDigit), part == "0" || part.first != "0" else {
                    return false
                }
                return Int(part).map { $0 < 256 } ?? false
            }
    }

    package static func isV6(_ text: String) -> Bool {
        guard text.contains(":") else { return false }
        var rest = text
        var groups = 0
        if let colon = rest.lastIndex(of: ":"), rest[colon...].contains(".") {
            guard isV4(String(rest[rest.index(after: colon)...])) else { return false }
            rest = String(rest[..<colon]) + ":0:0"
        }
        let halves = halves(rest)
        guard halves.count <= 2 else { return false }
        for half in halves where !half.isEmpty {
            for group in half.split(separator: ":", omittingEmptySubsequences: false) {
                guard (1...4).contains(group.utf8.count), group.allSatisfy(\.isHexDigit) else { return false }
                groups += 1
            }
        }
        return halves.count == 2 ? groups < 8 : groups == 8
    }

    /// What stands before and after `::`.
    private static func halves(_ text: String) -> [Substring] {
        var parts: [Substring] = []
        var start = text.startIndex
        var index = text.startIndex
        while index < text.endIndex {
            let next = text.index(after: index)
            if text[index] == ":", next < text.endIndex, text[next] == ":" {
                parts.append(text[start..<index])
                start = text.index(after: next)
                index = start
            } else {
                index = next
            }
        }
        parts.append(text[start...])
        return parts
    }
}
