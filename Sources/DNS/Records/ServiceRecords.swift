package import Objects
package import Transport

/// What a Service gives to the zone.
package struct ServiceRecords: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        case cluster([NetworkAddress])
        /// The names lead to the endpoints themselves.
        case headless
        case external(DNSName)
    }

    package var kind: Kind
    package var ports: [PortRecord]

    package init(kind: Kind, ports: [PortRecord] = []) {
        self.kind = kind
        self.ports = ports
    }

    /// nil: the Service has nothing that a name could lead to.
    package init?(_ service: Object) {
        let spec = service["spec"]
        if spec?["type"]?.string == "ExternalName" {
            guard let name = DNSName(spec?["externalName"]?.string ?? ""), !name.labels.isEmpty else { return nil }
            self.init(kind: .external(name))
            return
        }
        let single = spec?["clusterIP"]?.string.map { [$0] } ?? []
        let texts = (spec?["clusterIPs"]?.array ?? []).compactMap(\.string)
        let ports = PortRecord.all(spec?["ports"], number: "port")
        if (single + texts).contains("None") {
            self.init(kind: .headless, ports: ports)
        } else {
            let addresses = (texts.isEmpty ? single : texts).compactMap { NetworkAddress($0) }
            guard !addresses.isEmpty else { return nil }
            self.init(kind: .cluster(addresses), ports: ports)
        }
    }
}

/// A named port; ports without a name have no records.
package struct PortRecord: Sendable, Hashable {
    package var name: String
    /// `tcp`, `udp`, `sctp`
    package var transport: String
    package var number: UInt16

    package init(name: String, transport: String, number: UInt16) {
        self.name = name
        self.transport = transport
        self.number = number
    }

    /// - Parameter number: which member has the number.
    static func all(_ json: JSON?, number: String) -> [PortRecord] {
        (json?.array ?? []).compactMap { port in
            guard let name = port["name"]?.string, !name.isEmpty,
                let number = port[number]?.integer.flatMap({ UInt16(exactly: $0) })
            else { return nil }
            return PortRecord(
                name: name.lowercased(), transport: (port["protocol"]?.string ?? "TCP").lowercased(), number: number)
        }
    }
}

/// What one EndpointSlice gives to the zone: the endpoints that are ready. Whether a pod that is not counts as such
/// (publishNotReadyAddresses) was decided where the slice was made.
package struct SliceRecords: Sendable, Hashable {
    package struct Endpoint: Sendable, Hashable {
        /// The host name of the pod, or a label made of its address.
        package var label: String
        package var addresses: [NetworkAddress]
    }

    package private(set) var endpoints: [Endpoint]
    package var ports: [PortRecord]
    /// Where in `endpoints` a label is.
    private var positions: [String: [Int]] = [:]

    package init(endpoints: [Endpoint], ports: [PortRecord] = []) {
        self.endpoints = endpoints
        self.ports = ports
        for (position, endpoint) in endpoints.enumerated() {
            positions[endpoint.label, default: []].append(position)
            // An endpoint with a name answers to its address's label, too.
            for address in endpoint.addresses where address.label != endpoint.label {
                positions[address.label, default: []].append(position)
            }
        }
    }

    package init(_ slice: Object) {
        let endpoints: [Endpoint] = (slice["endpoints"]?.array ?? []).compactMap { endpoint in
            let addresses = (endpoint["addresses"]?.array ?? []).compactMap { $0.string.flatMap { NetworkAddress($0) } }
            // An absent condition means ready.
            guard endpoint.at("conditions", "ready")?.bool ?? true, let first = addresses.first else { return nil }
            let host = endpoint["hostname"]?.string ?? ""
            return Endpoint(label: host.isEmpty ? first.label : host.lowercased(), addresses: addresses)
        }
        self.init(endpoints: endpoints, ports: PortRecord.all(slice["ports"], number: "port"))
    }

    package func endpoints(labelled label: String) -> [Endpoint] { (positions[label] ?? []).map { endpoints[$0] } }
}
