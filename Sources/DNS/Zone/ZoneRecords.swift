package import Transport

/// All that the zone is made of: a value, changed one Service, slice or pod at a time.
package struct ZoneRecords: Sendable {
    struct Service: Sendable {
        var records: ServiceRecords?
        /// By the names of the EndpointSlices.
        var slices: [String: SliceRecords] = [:]
    }

    private(set) var services: [String: [String: Service]] = [:]
    /// Addresses of pods by namespace; several pods may have one (those in the host's network).
    private(set) var pods: [String: [NetworkAddress: Int]] = [:]
    /// Names that an address leads back to, below the zone; several objects may give one.
    private var reverse: [NetworkAddress: [[String]: Int]] = [:]
    /// Grows with each change: the serial of the zone.
    package private(set) var serial: UInt32 = 1

    package init() {}

    /// nil takes the Service out; its slices stay until they are taken out themselves.
    package mutating func set(_ service: ServiceRecords?, namespace: String, name: String) {
        serial &+= 1
        let before = services[namespace]?[name]?.records
        services[namespace, default: [:]][name, default: Service()].records = service
        clean(namespace, name)
        if case .cluster(let addresses)? = before?.kind {
            for address in addresses { forget(address, [name, namespace, "svc"]) }
        }
        if case .cluster(let addresses)? = service?.kind {
            for address in addresses { remember(address, [name, namespace, "svc"]) }
        }
    }

    /// - Parameter name: that of the Service which the slice is of.
    package mutating func set(_ slice: SliceRecords?, named sliceName: String, namespace: String, name: String) {
        serial &+= 1
        let before = services[namespace]?[name]?.slices[sliceName]
        services[namespace, default: [:]][name, default: Service()].slices[sliceName] = slice
        clean(namespace, name)
        for endpoint in before?.endpoints ?? [] {
            for address in endpoint.addresses { forget(address, [endpoint.label, name, namespace, "svc"]) }
        }
        for endpoint in slice?.endpoints ?? [] {
            for address in endpoint.addresses { remember(address, [endpoint.label, name, namespace, "svc"]) }
        }
    }

    package mutating func replacePod(namespace: String, _ old: [NetworkAddress], with new: [NetworkAddress]) {
        guard old != new else { return }
        serial &+= 1
        for address in old {
            let count = (pods[namespace]?[address] ?? 1) - 1
            pods[namespace]?[address] = count > 0 ? count : nil
        }
        for address in new { pods[namespace, default: [:]][address, default: 0] += 1 }
        if pods[namespace]?.isEmpty == true { pods[namespace] = nil }
    }

    /// Sorted, so that an answer does not depend on the order of events.
    func names(of address: NetworkAddress) -> [[String]] {
        (reverse[address]?.keys).map { $0.sorted { $0.lexicographicallyPrecedes($1) } } ?? []
    }

    /// Those that exist, not those that only slices speak of.
    package var serviceCount: Int {
        services.values.reduce(0) { $0 + $1.values.count { $0.records != nil } }
    }

    func hasNamespace(_ name: String) -> Bool { services[name] != nil }

    private mutating func clean(_ namespace: String, _ name: String) {
        if let left = services[namespace]?[name], left.records == nil, left.slices.isEmpty {
            services[namespace]?[name] = nil
        }
        if services[namespace]?.isEmpty == true { services[namespace] = nil }
    }

    private mutating func remember(_ address: NetworkAddress, _ name: [String]) {
        reverse[address, default: [:]][name, default: 0] += 1
    }

    private mutating func forget(_ address: NetworkAddress, _ name: [String]) {
        let count = (reverse[address]?[name] ?? 1) - 1
        reverse[address]?[name] = count > 0 ? count : nil
        if reverse[address]?.isEmpty == true { reverse[address] = nil }
    }
}
