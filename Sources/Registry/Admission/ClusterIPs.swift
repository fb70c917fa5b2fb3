import Objects
import Store

/// IPv4 addresses of `--service-cidr`.
struct ServiceRange: Sendable, Hashable {
    let base: UInt32
    let size: UInt32

    /// nil if `cidr` is none.
    init?(_ cidr: String) {
        let parts = cidr.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let bits = UInt32(parts[1]), bits <= 30, let address = Self.number(String(parts[0]))
        else { return nil }
        size = bits == 0 ? .max : 1 << (32 - bits)
        base = bits == 0 ? 0 : address & ~(size - 1)
    }

    /// Neither the first nor the last address of the range is anybody's.
    func contains(_ address: UInt32) -> Bool { address > base && address - base < size - 1 }

    func address(_ index: UInt64) -> UInt32 { base + 1 + UInt32(index % UInt64(size - 2)) }

    static func number(_ text: String) -> UInt32? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var value: UInt32 = 0
        for part in parts {
            guard let byte = UInt8(part), part == String(byte) else { return nil }
            value = value << 8 | UInt32(byte)
        }
        return value
    }

    static func text(_ address: UInt32) -> String {
        [24, 16, 8, 0].map { String(address >> UInt32($0) & 0xff) }.joined(separator: ".")
    }
}

/// How the address fields of a Service hang together (k8s.io/kubernetes, pkg/registry/core/service). Pure.
enum ClusterIPs {
    static func needsAddress(_ service: Object) -> Bool {
        service["spec", "type"]?.string != "ExternalName" && service["spec", "clusterIP"]?.string != "None"
    }

    /// What an update leaves out stays as it was: clients that replace a Service need not know its addresses. The
    /// single address and the list say the same unless both were changed.
    static func carryOver(_ new: inout Object, from old: Object) {
        if isInternal(new), isInternal(old), new["spec", "clusterIP"]?.string ?? "" == "" {
            new["spec", "clusterIP"] = old["spec", "clusterIP"]
        }
        let isSame = new["spec", "clusterIP"]?.string ?? "" == old["spec", "clusterIP"]?.string ?? ""
        let isListed = new["spec", "clusterIPs"]?.array?.isEmpty == false
        if isSame, !isListed, isInternal(new) {
            new["spec", "clusterIPs"] = old["spec", "clusterIPs"]
        } else if !isSame, new["spec", "clusterIPs"] == old["spec", "clusterIPs"] || !isListed {
            let address = new["spec", "clusterIP"]?.string ?? ""
            new["spec", "clusterIPs"] = address.isEmpty ? nil : [.string(address)]
        }
        if isInternal(new), isInternal(old) {
            if new["spec", "ipFamilyPolicy"] == nil { new["spec", "ipFamilyPolicy"] = old["spec", "ipFamilyPolicy"] }
        }
        NodePorts.carryOver(&new, from: old)
    }

    private static func isInternal(_ service: Object) -> Bool { service["spec", "type"]?.string != "ExternalName" }

    /// The addresses that are the Service's own.
    static func own(_ service: Object) -> [String] {
        guard needsAddress(service) else { return [] }
        return (service["spec", "clusterIPs"]?.array ?? []).compactMap(\.string).filter { $0 != "None" }
    }

    /// Fills in families and policy; what this network of IPv4 addresses cannot do is refused.
    static func setFamilies(_ service: inout Object) -> [FieldError] {
        guard isInternal(service) else { return [] }
        // Upstream: endpoints that nobody selects may be of both families.
        let isFree =
            service["spec", "clusterIP"] == "None" && service["spec", "selector"]?.object?.isEmpty ?? true
        if service["spec", "ipFamilyPolicy"] == nil {
            service["spec", "ipFamilyPolicy"] = isFree ? "RequireDualStack" : "SingleStack"
        }
        var problems: [FieldError] = []
        problems.below("spec") { ServiceAddressRules.check(service["spec"]?.object ?? JSONObject(), &$0) }
        var families = service["spec", "ipFamilies"]?.array ?? []
        if problems.isEmpty { problems = inferFamilies(&families, service) }
        if !problems.isEmpty { return problems }
        let policy = service["spec", "ipFamilyPolicy"]
        if !isFree { problems = unavailable(families, policy) }
        if !problems.isEmpty { return problems }
        if families.isEmpty { families = ["IPv4"] }
        if isFree, policy != "SingleStack", families.count == 1 {
            families.append(families[0] == "IPv4" ? "IPv6" : "IPv4")
        }
        service["spec", "ipFamilies"] = .array(families)
        return []
    }

    /// From the addresses that are asked for.
    private static func inferFamilies(_ families: inout [JSON], _ service: Object) -> [FieldError] {
        let addresses = (service["spec", "clusterIPs"]?.array ?? []).compactMap(\.string)
        let policy = service["spec", "ipFamilyPolicy"] ?? .null
        var problems: [FieldError] = []
        if policy == "SingleStack" {
            for (count, what) in [(addresses.count, "cluster IPs"), (families.count, "IP families")] where count == 2 {
                problems.append(
                    .invalid(
                        "spec.ipFamilyPolicy", policy,
                        "must be 'RequireDualStack' or 'PreferDualStack' when multiple \(what) are specified"))
            }
        }
        for (index, address) in addresses.enumerated() where address != "None" && index >= families.count {
            if IPAddress.isV6(address) {
                problems.append(
                    .invalid(
                        "spec.clusterIPs[\(index)]", .array(addresses.map { .string($0) }),
                        "IPv6 is not configured on this cluster"))
            } else {
                families.append("IPv4")
            }
        }
        return problems
    }

    private static func unavailable(_ families: [JSON], _ policy: JSON?) -> [FieldError] {
        var problems: [FieldError] = []
        if policy == "RequireDualStack" {
            problems.append(
                .invalid(
                    "spec.ipFamilyPolicy", "RequireDualStack",
                    "this cluster is not configured for dual-stack services"))
        }
        for (index, family) in families.enumerated() where family != "IPv4" {
            problems.append(.invalid("spec.ipFamilies[\(index)]", family, "not configured on this cluster"))
        }
        return problems
    }
}

extension Registry {
    /// Gives a Service its addresses and ports, in the transaction that stores it: each is a key that is made once.
    /// Upstream does so before it validates the rest.
    func allocate(
        for service: inout Object, replacing old: Object?, _ batch: inout WriteBatch
    ) throws(Status) {
        if old == nil, service["spec", "clusterIPs"] == nil, let address = service["spec", "clusterIP"], address != "" {
            service["spec", "clusterIPs"] = [address]
        }
        let problems = ClusterIPs.setFamilies(&service)
        if let status = Status.invalid(group: "", kind: "Service", name: service.name, problems) { throw status }
        let before = old.map(ClusterIPs.own) ?? []
        // An address that there is does not change; validation says so.
        let isNew = old.map { $0["spec", "type"] == "ExternalName" } ?? true
        if ClusterIPs.needsAddress(service), isNew {
            var address = service["spec", "clusterIP"]?.string ?? ""
            if address.isEmpty {
                address = try freeAddress(service)
                service["spec", "clusterIP"] = .string(address)
            }
            service["spec", "clusterIPs"] = [.string(address)]
            try claim(address, service, &batch)
        }
        let after = ClusterIPs.own(service)
        for address in before where !after.contains(address) {
            try releaseKey(StorageKeys.clusterIP(address), &batch)
        }
        try allocatePorts(for: &service, replacing: old, &batch)
    }

    func release(of service: Object, _ batch: inout WriteBatch) throws(Status) {
        for address in ClusterIPs.own(service) { try releaseKey(StorageKeys.clusterIP(address), &batch) }
        for port in NodePorts.own(service) { try releaseKey(StorageKeys.nodePort(port), &batch) }
    }

    private func claim(_ address: String, _ service: Object, _ batch: inout WriteBatch) throws(Status) {
        guard let number = ServiceRange.number(address), let range = ServiceRange(options.serviceCIDR),
            range.contains(number)
        else {
            throw refused(
                service, address,
                "the provided IP (\(address)) is not in the valid range. The range of valid IPs is "
                    + options.serviceCIDR)
        }
        guard try row(StorageKeys.clusterIP(address)) == nil else {
            throw refused(service, address, "provided IP is already allocated")
        }
        batch.create(StorageKeys.clusterIP(address), holder(service))
    }

    private func freeAddress(_ service: Object) throws(Status) -> String {
        guard let range = ServiceRange(options.serviceCIDR) else {
            throw .internalError("--service-cidr \(options.serviceCIDR) is not an IPv4 network")
        }
        // Random first, so that two writers at the same time rarely want the same; then one after the other.
        for _ in 0..<32 {
            let address = ServiceRange.text(range.address(options.random()))
            if try row(StorageKeys.clusterIP(address)) == nil { return address }
        }
        for index in 0..<UInt64(range.size - 2) {
            let address = ServiceRange.text(range.address(index))
            if try row(StorageKeys.clusterIP(address)) == nil { return address }
        }
        throw .internalError("failed to allocate a serviceIP: range is full")
    }

    func holder(_ service: Object) -> [UInt8] {
        JSONEncoder.encode(["namespace": .string(service.namespace), "name": .string(service.name)])
    }

    func releaseKey(_ key: [UInt8], _ batch: inout WriteBatch) throws(Status) {
        if let row = try row(key) { batch.remove(key, at: row.modRevision) }
    }

    private func refused(_ service: Object, _ address: String, _ why: String) -> Status {
        let problem = FieldError.invalid(
            "spec.clusterIPs", [.string(address)], "failed to allocate IP \(address): \(why)")
        return Status.invalid(group: "", kind: "Service", name: service.name, [problem])
            ?? .internalError("a refused address")
    }
}
