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

    static func own(_ service: Object) -> [Int64] {
        (service["spec", "ports"]?.array ?? []).compactMap { $0["nodePort"]?.integer }.filter { $0 != 0 }
    }

    /// A port that an update names without its node port keeps the one it had.
    static func carryOver(_ new: inout Object, from old: Object) {
        guard needsPorts(new), needsPorts(old), let before = old["spec", "ports"]?.array,
            let ports = new["spec", "ports"]?.array
        else { return }
        let used = Set(own(new))
        let completed = ports.map { port -> JSON in
            guard port["nodePort"]?.integer ?? 0 == 0,
                let same = before.first(where: {
                    $0["port"] == port["port"] && $0["protocol"] ?? "TCP" == port["protocol"] ?? "TCP"
                }), let number = same["nodePort"]?.integer, !used.contains(number)
            else { return port }
            var port = port
            port["nodePort"] = .integer(number)
            return port
        }
        new["spec", "ports"] = .array(completed)
    }
}

extension Registry {
    func allocatePorts(
        for service: inout Object, replacing old: Object?, _ batch: inout WriteBatch
    ) throws(Status) {
        let before = Set(old.map(NodePorts.own) ?? [])
        var ports = service["spec", "ports"]?.array ?? []
        let needed = NodePorts.needsPorts(service)
        var after = Set(NodePorts.own(service))
        for index in ports.indices where needed && ports[index]["nodePort"]?.integer ?? 0 == 0 {
            let port = try freePort(except: after)
            after.insert(port)
            ports[index]["nodePort"] = .integer(port)
        }
        if !ports.isEmpty { service["spec", "ports"] = .array(ports) }
        for port in after.subtracting(before).sorted() {
            guard try row(StorageKeys.nodePort(port)) == nil else {
                let problem = FieldError.invalid(
                    "spec.ports[0].nodePort", .integer(port), "provided port is already allocated")
                throw Status.invalid(group: "", kind: "Service", name: service.name, [problem])
                    ?? .internalError("a refused port")
            }
            batch.create(StorageKeys.nodePort(port), holder(service))
        }
        for port in before.subtracting(after) { try releaseKey(StorageKeys.nodePort(port), &batch) }
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
