import Objects
import Store

/// Ports 30000..32767 of Services of type NodePort and LoadBalancer.
enum NodePorts {
    static let range: ClosedRange<Int64> = 30000...32767

    static func needsPorts(_ service: Object) -> Bool {
        switch service["spec", "type"]?.string {
        case "NodePort": true
        case "LoadBalancer": service["spec", "allocateLoadBalancerNodePorts"]?.bool ?? true
        default: false
        }
    }

    /// Those of its ports, and the one for health checks.
    static func own(_ service: Object) -> [Int64] {
        guard mayHavePorts(service) else { return [] }
        let ports = (service["spec", "ports"]?.array ?? []).compactMap { $0["nodePort"]?.integer }
        return (ports + [service["spec", "healthCheckNodePort"]?.integer ?? 0]).filter { $0 != 0 }
    }

    /// The node ports that the Service asks for, by its ports.
    static func asked(_ ports: [JSON]) -> [Int64: Int64] {
        var asked: [Int64: Int64] = [:]
        for port in ports {
            guard let number = port["port"]?.integer, let node = port["nodePort"]?.integer, node != 0 else { continue }
            asked[number] = asked[number] ?? node
        }
        return asked
    }

    static func mayHavePorts(_ service: Object) -> Bool {
        ["NodePort", "LoadBalancer"].contains(service["spec", "type"]?.string ?? "")
    }

    static func needsHealthCheck(_ service: Object) -> Bool {
        service["spec", "type"] == "LoadBalancer" && service["spec", "externalTrafficPolicy"] == "Local"
    }

    /// A port that an update names without its node port keeps the one that the port of its name had.
    static func carryOver(_ new: inout Object, from old: Object) {
        guard mayHavePorts(new), mayHavePorts(old) else { return }
        // By name, of equal names the last one. Nobody has looked yet at how many ports there are.
        var before: [String: JSON] = [:]
        for port in old["spec", "ports"]?.array ?? [] { before[port["name"]?.string ?? ""] = port }
        let used = Set(own(new)).intersection(own(old))
        let ports = (new["spec", "ports"]?.array ?? []).map { port -> JSON in
            guard port["nodePort"]?.integer ?? 0 == 0,
                let number = before[port["name"]?.string ?? ""]?["nodePort"]?.integer, number != 0,
                !used.contains(number)
            else { return port }
            var port = port
            port["nodePort"] = .integer(number)
            return port
        }
        if !ports.isEmpty { new["spec", "ports"] = .array(ports) }
        if needsHealthCheck(new), needsHealthCheck(old), new["spec", "healthCheckNodePort"]?.integer ?? 0 == 0 {
            new["spec", "healthCheckNodePort"] = old["spec", "healthCheckNodePort"]
        }
    }
}

extension Registry {
    func allocatePorts(
        for service: inout Object, replacing old: Object?, _ batch: inout WriteBatch
    ) throws(Status) {
        let before = Set(old.map(NodePorts.own) ?? [])
        var taken = before
        if NodePorts.mayHavePorts(service) {
            try allocateNodePorts(for: &service, isNew: old == nil, &taken, &batch)
        }
        if NodePorts.needsHealthCheck(service) {
            var node = service["spec", "healthCheckNodePort"]?.integer ?? 0
            if node == 0 { node = try freePort(except: taken) }
            service["spec", "healthCheckNodePort"] = .integer(node)
            if taken.insert(node).inserted { try claim(node, "spec.healthCheckNodePort", service, &batch) }
        }
        for port in before.subtracting(NodePorts.own(service)) { try releaseKey(StorageKeys.nodePort(port), &batch) }
    }

    /// Ports of one number in a new Service, for two protocols, share the node port.
    private func allocateNodePorts(
        for service: inout Object, isNew: Bool, _ taken: inout Set<Int64>, _ batch: inout WriteBatch
    ) throws(Status) {
        var ports = service["spec", "ports"]?.array ?? []
        var shared = isNew ? NodePorts.asked(ports) : [:]
        for index in ports.indices {
            let number = ports[index]["port"]?.integer ?? 0
            var node = ports[index]["nodePort"]?.integer ?? 0
            if node == 0 {
                guard NodePorts.needsPorts(service) else { continue }
                if let same = shared[number] { node = same } else { node = try freePort(except: taken) }
                ports[index]["nodePort"] = .integer(node)
            }
            if isNew { shared[number] = shared[number] ?? node }
            if taken.insert(node).inserted { try claim(node, "spec.ports[\(index)].nodePort", service, &batch) }
        }
        if !ports.isEmpty { service["spec", "ports"] = .array(ports) }
    }

    private func claim(
        _ port: Int64, _ field: String, _ service: Object, _ batch: inout WriteBatch
    ) throws(Status) {
        var problem: String?
        if !NodePorts.range.contains(port) {
            problem =
                "provided port is not in the valid range. The range of valid ports is "
                + "\(NodePorts.range.lowerBound)-\(NodePorts.range.upperBound)"
        } else if try row(StorageKeys.nodePort(port)) != nil {
            problem = "provided port is already allocated"
        }
        guard let problem else { return batch.create(StorageKeys.nodePort(port), holder(service)) }
        throw Status.invalid(
            group: "", kind: "Service", name: service.name, [.invalid(field, .integer(port), problem)])
            ?? .internalError("a refused port")
    }

    private func freePort(except taken: Set<Int64>) throws(Status) -> Int64 {
        let count = Int64(NodePorts.range.count)
        let start = Int64(options.random() % UInt64(count))
        for offset in 0..<count {
            let port = NodePorts.range.lowerBound + (start + offset) % count
            if !taken.contains(port), try row(StorageKeys.nodePort(port)) == nil { return port }
        }
        throw .internalError("failed to allocate a nodePort: range is full")
    }
}
