import Objects

extension TablePrinter {
    static let services = TablePrinter(columns: [
        .name("Name"), .name("Type"), .name("Cluster-IP"), .name("External-IP"), .name("Port(s)"), .name("Age"),
        .wide("Selector"),
    ]) { service, now in
        let address = service["spec", "clusterIPs"]?.array?.first?.string ?? service["spec", "clusterIP"]?.string ?? ""
        let selector = (service["spec", "selector"]?.object ?? JSONObject())
            .map { "\($0.key)=\($0.value.string ?? "")" }.sorted().joined(separator: ",")
        return [
            .string(service.name), service.cell("spec", "type"), .string(address.isEmpty ? "<none>" : address),
            .string(externalAddress(service)), .string(ports(service)), service.age(now),
            .string(selector.isEmpty ? "<none>" : selector),
        ]
    }

    private static func externalAddress(_ service: Object) -> String {
        let own = (service["spec", "externalIPs"]?.array ?? []).compactMap(\.string)
        switch service["spec", "type"]?.string {
        case "ExternalName": return service["spec", "externalName"]?.string ?? ""
        case "LoadBalancer":
            let balancers = (service["status", "loadBalancer", "ingress"]?.array ?? []).compactMap {
                $0["ip"]?.string ?? $0["hostname"]?.string
            }
            let all = balancers + own
            return all.isEmpty ? "<pending>" : all.joined(separator: ",")
        default: return own.isEmpty ? "<none>" : own.joined(separator: ",")
        }
    }

    private static func ports(_ service: Object) -> String {
        let texts = (service["spec", "ports"]?.array ?? []).map { port in
            let node = port["nodePort"]?.integer ?? 0
            return "\(port["port"]?.integer ?? 0)\(node > 0 ? ":\(node)" : "")/\(port["protocol"]?.string ?? "TCP")"
        }
        return texts.isEmpty ? "<none>" : texts.joined(separator: ",")
    }

    static let endpoints = TablePrinter(columns: [.name("Name"), .name("Endpoints"), .name("Age")]) { item, now in
        let all = (item["subsets"]?.array ?? []).flatMap { subset in
            let addresses = (subset["addresses"]?.array ?? []).compactMap { $0["ip"]?.string }
            let ports = (subset["ports"]?.array ?? []).compactMap { $0["port"]?.integer }
            return ports.isEmpty ? addresses : ports.flatMap { port in addresses.map { joined($0, port) } }
        }
        let hasSubsets = !(item["subsets"]?.array ?? []).isEmpty
        return [.string(item.name), .string(hasSubsets ? firstThree(all) : "<none>"), item.age(now)]
    }

    static let endpointSlices = TablePrinter(columns: [
        .name("Name"), .name("AddressType"), .name("Ports"), .name("Endpoints"), .name("Age"),
    ]) { slice, now in
        let ports = (slice["ports"]?.array ?? []).map { port -> String in
            // A port without a number is all of them, unless it has a name.
            port["port"]?.integer.map { "\($0)" } ?? port["name"]?.string.flatMap { $0.isEmpty ? nil : $0 } ?? "*"
        }
        let addresses = (slice["endpoints"]?.array ?? []).flatMap {
            ($0["addresses"]?.array ?? []).compactMap(\.string)
        }
        return [
            .string(slice.name), slice.cell("addressType"), .string(ports.isEmpty ? "<unset>" : firstThree(ports)),
            .string(addresses.isEmpty ? "<unset>" : firstThree(addresses)), slice.age(now),
        ]
    }

    private static func joined(_ address: String, _ port: Int64) -> String {
        address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)"
    }

    private static func firstThree(_ texts: [String]) -> String {
        let shown = texts.prefix(3).joined(separator: ",")
        return texts.count > 3 ? "\(shown) + \(texts.count - 3) more..." : shown
    }
}
