package import Transport

/// Answers questions from the records of the cluster: names below the cluster's domain as Kubernetes' DNS
/// specification has them (https://github.com/kubernetes/dns/blob/master/docs/specification.md, version 1.1.0), and
/// names of addresses below `in-addr.arpa` for the networks of pods and Services. Everything else is refused: this is
/// no resolver.
package struct Zone: Sendable {
    package struct Options: Sendable {
        package var domain: DNSName
        package var networks: [IPv4Network]
        /// Where this server can be asked: the addresses of the name server that the zone names.
        package var servers: [NetworkAddress]

        package init?(domain: String = "cluster.local", networks: [String], servers: [NetworkAddress] = []) {
            guard let domain = DNSName(domain), !domain.labels.isEmpty else { return nil }
            self.domain = domain
            self.networks = networks.compactMap { IPv4Network($0) }
            self.servers = servers
        }
    }

    /// Short, because pods come and go: seconds.
    package static let lifetime: UInt32 = 5

    package let options: Options
    package var records = ZoneRecords()

    package init(_ options: Options) { self.options = options }

    package func answer(_ query: DNSQuery) -> DNSResponse {
        if let edns = query.edns, edns.version != 0 { return .failure(.badVersion) }
        if DNSType.isOperation(query.type) { return .failure(query.type == 41 ? .formatError : .refused) }
        // IN, or ANY as some tools ask.
        guard query.class == 1 || query.class == 255 else { return .failure(.refused) }
        if query.name.isInside(options.domain) { return forward(query) }
        if let response = reverse(query) { return response }
        return .failure(.refused)
    }

    // MARK: What names lead to

    /// What a name has: nil if neither it nor anything below it exists.
    typealias Found = [DNSRecord]?

    private func forward(_ query: DNSQuery) -> DNSResponse {
        var response = DNSResponse()
        response.isAuthoritative = true
        var (name, steps) = (query.name, 0)
        while true {
            guard let path = name.path(below: options.domain) else { return response }
            guard let found = lookUp(path, name, query.type) else {
                response.code = .nameError
                response.authority = [authority]
                return response
            }
            // The name of an alias is only an alias, unless it is the alias that was asked for.
            if case .cname(let target)? = found.first?.data, query.type != DNSType.cname.rawValue,
                query.type != DNSType.any.rawValue
            {
                response.answers += found
                steps += 1
                if steps > 8 { return response }
                name = target
                continue
            }
            fill(&response, Self.matching(found, query.type), query.type)
            return response
        }
    }

    private func fill(_ response: inout DNSResponse, _ matching: [DNSRecord], _ type: UInt16) {
        response.answers += matching
        if matching.isEmpty { response.authority = [authority] }
        var seen: Set<DNSName> = []
        for record in matching {
            guard let target = record.target, seen.insert(target).inserted,
                let path = target.path(below: options.domain)
            else { continue }
            response.additional += (lookUp(path, target, DNSType.any.rawValue) ?? []).filter {
                $0.type == .a || $0.type == .aaaa
            }
        }
    }

    /// To ANY the first kind of records that there is (RFC 8482, section 4.1).
    static func matching(_ found: [DNSRecord], _ type: UInt16) -> [DNSRecord] {
        let wanted = type == DNSType.any.rawValue ? found.first?.type.rawValue : type
        return found.filter { $0.type.rawValue == wanted }
    }

    var authority: DNSRecord { soa(options.domain) }

    func soa(_ owner: DNSName) -> DNSRecord {
        DNSRecord(
            owner,
            .soa(primary: name(["ns", "dns"]), mailbox: name(["hostmaster"]), serial: records.serial))
    }

    /// A name of the zone from its labels, the outermost last.
    func name(_ labels: [String]) -> DNSName {
        DNSName(labels: labels.map { Array($0.utf8) } + options.domain.labels)
    }

    func nameServer(_ owner: DNSName) -> DNSRecord { DNSRecord(owner, .ns(name(["ns", "dns"]))) }

    // MARK: Names of addresses

    /// nil: not one of our networks.
    private func reverse(_ query: DNSQuery) -> DNSResponse? {
        guard let suffix = DNSName("in-addr.arpa"), let path = query.name.path(below: suffix),
            let zone = reverseZone(path)
        else { return nil }
        let owner = DNSName(labels: Array(query.name.labels.suffix(zone + 2)))
        var response = DNSResponse()
        response.isAuthoritative = true
        let found = reverseRecords(path, zone, query.name)
        let matching = Self.matching(found ?? [], query.type)
        if found == nil { response.code = .nameError }
        fill(&response, matching, query.type)
        if matching.isEmpty { response.authority = [soa(owner)] }
        return response
    }

    /// How many labels before `in-addr.arpa` the zone has which the name belongs to.
    private func reverseZone(_ path: [String]) -> Int? {
        for network in options.networks {
            let labels = max(1, (network.length + 7) / 8)
            guard let address = Self.address(path.prefix(labels)), path.count >= labels else { continue }
            if network.contains(address) { return labels }
        }
        return nil
    }

    /// The address whose first octets the labels are; the others are zero.
    private static func address(_ labels: ArraySlice<String>) -> UInt32? {
        var address: UInt32 = 0
        for (index, label) in labels.prefix(4).enumerated() {
            guard let octet = UInt8(label), String(octet) == label else { return nil }
            address |= UInt32(octet) << UInt32(24 - 8 * index)
        }
        return address
    }

    private func reverseRecords(_ path: [String], _ zone: Int, _ owner: DNSName) -> Found {
        if path.count == zone { return [soa(owner), nameServer(owner)] }
        guard path.count <= 4, let address = Self.address(path[...]) else { return nil }
        // Names between the zone and its addresses exist, and have nothing.
        if path.count < 4 { return [] }
        let names = records.names(of: .v4(address))
        return names.isEmpty ? nil : names.map { DNSRecord(owner, .ptr(name($0))) }
    }
}

extension DNSRecord {
    /// The name whose addresses whoever asked will want next.
    fileprivate var target: DNSName? {
        switch data {
        case .srv(_, _, _, let target), .ns(let target): target
        case .address, .cname, .ptr, .soa, .txt: nil
        }
    }
}
