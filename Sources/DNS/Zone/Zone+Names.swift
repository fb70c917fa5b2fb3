internal import Transport

/// The names below the cluster's domain.
extension Zone {
    /// - Parameters:
    ///   - path: the labels below the domain, the nearest to it first.
    ///   - owner: the same as a whole name, in the case in which it was asked.
    ///   - type: what will be taken of the result; there may be more or, where it would be costly, less.
    func lookUp(_ path: [String], _ owner: DNSName, _ type: UInt16) -> Found {
        switch path.first {
        case nil: [soa(owner), nameServer(owner)]
        case "svc": serviceName(path.dropFirst(), owner, type)
        case "pod": podName(path.dropFirst(), owner)
        case "dns-version": path.count == 1 ? [DNSRecord(owner, .txt("1.1.0"))] : nil
        case "dns": dnsName(path.dropFirst(), owner)
        default: nil
        }
    }

    /// `ns.dns`: this server.
    private func dnsName(_ rest: ArraySlice<String>, _ owner: DNSName) -> Found {
        if rest.isEmpty { return [] }
        guard rest.count == 1, rest.first == "ns" else { return nil }
        return options.servers.map { DNSRecord(owner, .address($0)) }
    }

    /// `10-89-0-2.default.pod`: an address that a pod of the namespace has.
    private func podName(_ rest: ArraySlice<String>, _ owner: DNSName) -> Found {
        guard let namespace = rest.first else { return [] }
        guard let pods = records.pods[namespace] else { return nil }
        guard let label = rest.dropFirst().first else { return [] }
        guard rest.count == 2, let address = NetworkAddress(label: label), pods[address] != nil else { return nil }
        return [DNSRecord(owner, .address(address))]
    }

    /// `nginx.default.svc` and what is below it.
    private func serviceName(_ rest: ArraySlice<String>, _ owner: DNSName, _ type: UInt16) -> Found {
        guard let namespace = rest.first else { return [] }
        guard records.hasNamespace(namespace) else { return nil }
        guard let name = rest.dropFirst().first else { return [] }
        guard let service = records.services[namespace]?[name], let records = service.records else { return nil }
        let below = Array(rest.dropFirst(2))
        if case .external(let target) = records.kind {
            return below.isEmpty ? [DNSRecord(owner, .cname(target))] : nil
        }
        let found = ServiceNames(
            zone: self, namespace: namespace, name: name, records: records, slices: sorted(service.slices))
        switch (below.first, below.dropFirst().first, below.count) {
        case (nil, _, _): return found.service(owner, type)
        case (let transport?, nil, 1) where transport.hasPrefix("_"): return found.transport(transport)
        case (let label?, nil, 1): return found.endpoint(label, owner)
        case (let transport?, let port?, 2): return found.port(port, transport, owner)
        default: return nil
        }
    }

    private func sorted(_ slices: [String: SliceRecords]) -> [SliceRecords] {
        slices.count < 2 ? Array(slices.values) : slices.sorted { $0.key < $1.key }.map(\.value)
    }
}

/// The names of one Service.
private struct ServiceNames {
    let zone: Zone
    let namespace: String
    let name: String
    let records: ServiceRecords
    let slices: [SliceRecords]

    private func fullName(_ labels: [String] = []) -> DNSName { zone.name(labels + [name, namespace, "svc"]) }

    /// A headless Service without a ready endpoint does not exist (section 2.4.1 of the specification).
    func service(_ owner: DNSName, _ type: UInt16) -> Zone.Found {
        let addresses: [NetworkAddress]
        switch records.kind {
        case .cluster(let own): addresses = own
        case .headless, .external: addresses = unique(slices.flatMap { $0.endpoints.flatMap(\.addresses) })
        }
        if addresses.isEmpty { return nil }
        if type == DNSType.srv.rawValue { return services(owner) { _ in true } }
        return addresses.map { DNSRecord(owner, .address($0)) }
    }

    /// `web-0.nginx`, or `10-89-0-2.nginx`.
    func endpoint(_ label: String, _ owner: DNSName) -> Zone.Found {
        let found = slices.flatMap { $0.endpoints(labelled: label) }
        guard !found.isEmpty else { return nil }
        let asked = NetworkAddress(label: label)
        let addresses = unique(found.flatMap(\.addresses)).filter { address in
            // The label of an address means that address, and no other that the endpoint may have.
            asked == nil || found.contains { $0.label == label } || address == asked
        }
        return addresses.map { DNSRecord(owner, .address($0)) }
    }

    /// `_tcp.nginx`: has nothing itself, but the ports are below it.
    func transport(_ label: String) -> Zone.Found {
        services(fullName()) { "_" + $0.transport == label }.isEmpty ? nil : []
    }

    /// `_web._tcp.nginx`
    func port(_ port: String, _ transport: String, _ owner: DNSName) -> Zone.Found {
        let found = services(owner) { "_" + $0.name == port && "_" + $0.transport == transport }
        return found.isEmpty ? nil : found
    }

    private func services(_ owner: DNSName, where matches: (PortRecord) -> Bool) -> [DNSRecord] {
        switch records.kind {
        case .external: return []
        case .cluster:
            return records.ports.filter(matches).map { srv(owner, $0, fullName()) }
        case .headless:
            return unique(
                slices.flatMap { slice in
                    let ports = slice.ports.filter(matches)
                    return slice.endpoints.flatMap { endpoint in
                        ports.map { srv(owner, $0, fullName([endpoint.label])) }
                    }
                })
        }
    }

    private func srv(_ owner: DNSName, _ port: PortRecord, _ target: DNSName) -> DNSRecord {
        DNSRecord(owner, .srv(priority: 0, weight: 100, port: port.number, target: target))
    }

    private func unique<Element: Hashable>(_ elements: [Element]) -> [Element] {
        var seen: Set<Element> = []
        return elements.filter { seen.insert($0).inserted }
    }
}
