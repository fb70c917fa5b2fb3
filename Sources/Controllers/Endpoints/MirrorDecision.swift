package import Objects

/// EndpointSlices for Endpoints that somebody else keeps: those of a Service without a selector. Readers of slices, the
/// name server among them, need not know the older kind
/// (https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/#endpointslice-mirroring; upstream's
/// pkg/controller/endpointslicemirroring). Pure.
package enum MirrorDecision {
    package static let manager = "endpointslicemirroring-controller.k8s.io"
    /// Upstream's `--mirroring-max-endpoints-per-subset`.
    private static let capacity = 1000
    private static let skipLabel = "endpointslice.kubernetes.io/skip-mirror"
    private static let electionAnnotation = "control-plane.alpha.kubernetes.io/leader"
    private static let unmirrored = [
        "endpoints.kubernetes.io/last-change-trigger-time", "kubectl.kubernetes.io/last-applied-configuration",
    ]

    package struct Outcome: Sendable {
        package var writes: [SliceDecision.Write] = []
        /// Reason and message of a warning about the Endpoints.
        package var warnings: [(reason: String, message: String)] = []
    }

    /// - Parameters:
    ///   - service: nil if there is none of the name.
    ///   - existing: the slices that this controller made for it.
    package static func decide(_ endpoints: Object?, service: Object?, existing: [Object]) -> Outcome {
        guard let endpoints, !endpoints.isBeingDeleted, mirrors(endpoints), let service, !hasSelector(service) else {
            return Outcome(writes: existing.map { .delete($0) })
        }
        var outcome = Outcome()
        var left = existing.sorted { $0.name < $1.name }
        var missing: [Object] = []
        for slice in wanted(endpoints, &outcome) {
            let same = left.firstIndex { $0["addressType"] == slice["addressType"] && $0["ports"] == slice["ports"] }
            guard let same else {
                missing.append(slice)
                continue
            }
            let old = left.remove(at: same)
            let new = filled(old, from: slice)
            if new != old { outcome.writes.append(.update(new)) }
        }
        // What is over becomes what is missing: its name stays.
        for slice in missing {
            let reusable = left.firstIndex { $0["addressType"] == slice["addressType"] }
            outcome.writes.append(reusable.map { .update(filled(left.remove(at: $0), from: slice)) } ?? .create(slice))
        }
        outcome.writes += left.map { .delete($0) }
        return outcome
    }

    private static func mirrors(_ endpoints: Object) -> Bool {
        endpoints.label(skipLabel) != "true" && endpoints.annotation(electionAnnotation) == nil
    }

    private static func hasSelector(_ service: Object) -> Bool {
        service["spec", "selector"]?.object?.isEmpty == false
    }

    private static func filled(_ old: Object, from made: Object) -> Object {
        var slice = old
        for field in ["endpoints", "ports"] where slice[field] != made[field] { slice[field] = made[field] }
        for field in ["labels", "annotations"] where slice["metadata", field] != made["metadata", field] {
            slice["metadata", field] = made["metadata", field]
        }
        return slice
    }

    // MARK: Slices

    /// One slice for each list of ports and family of addresses.
    private static func wanted(_ endpoints: Object, _ outcome: inout Outcome) -> [Object] {
        var order: [Key] = []
        var entries: [Key: [JSON]] = [:]
        var (invalid, skipped) = (0, 0)
        for subset in endpoints["subsets"]?.array ?? [] {
            let ports = (subset["ports"]?.array ?? []).map(port)
            var taken = 0
            for (field, isReady) in [("addresses", true), ("notReadyAddresses", false)] {
                for address in subset[field]?.array ?? [] {
                    guard let family = family(address) else {
                        invalid += 1
                        continue
                    }
                    guard taken < capacity else {
                        skipped += 1
                        continue
                    }
                    taken += 1
                    let key = Key(addressType: family, ports: ports)
                    if entries[key] == nil { order.append(key) }
                    entries[key, default: []].append(entry(address, isReady: isReady))
                }
            }
        }
        outcome.warnings = warnings(invalid: invalid, skipped: skipped)
        return order.map { slice(endpoints, $0, entries[$0] ?? []) }
    }

    private struct Key: Hashable {
        var addressType: String
        var ports: [JSON]
    }

    private static func slice(_ endpoints: Object, _ key: Key, _ entries: [JSON]) -> Object {
        var labels = endpoints["metadata", "labels"]?.object ?? JSONObject()
        labels[SliceDecision.serviceName] = .string(endpoints.name)
        labels[SliceDecision.managedBy] = .string(manager)
        var annotations = endpoints["metadata", "annotations"]?.object ?? JSONObject()
        for name in unmirrored { annotations[name] = nil }
        var slice = Object([
            "kind": "EndpointSlice", "apiVersion": "discovery.k8s.io/v1",
            "metadata": [
                "generateName": .string(endpoints.name + "-"), "namespace": .string(endpoints.namespace),
                "labels": .object(labels),
            ],
            "addressType": .string(key.addressType), "endpoints": .array(entries), "ports": .array(key.ports),
        ])
        if !annotations.isEmpty { slice["metadata", "annotations"] = .object(annotations) }
        slice.setOwnerReferences([OwnerReference(controller: endpoints, apiVersion: "v1", kind: "Endpoints")])
        return slice
    }

    private static func port(_ port: JSON) -> JSON {
        var members: [JSONObject.Member] = [
            ("name", port["name"] ?? ""), ("protocol", port["protocol"] ?? "TCP"), ("port", port["port"] ?? 0),
        ]
        if let appProtocol = port["appProtocol"] { members.append(("appProtocol", appProtocol)) }
        return .object(JSONObject(members))
    }

    private static func entry(_ address: JSON, isReady: Bool) -> JSON {
        var members: [JSONObject.Member] = [
            ("addresses", [address["ip"] ?? ""]), ("conditions", ["ready": .bool(isReady)]),
        ]
        for field in ["hostname", "targetRef", "nodeName"] {
            if let value = address[field], !value.isNull, value != "" { members.append((field, value)) }
        }
        return .object(JSONObject(members))
    }

    /// nil: no address at all.
    private static func family(_ address: JSON) -> String? {
        guard let text = address["ip"]?.string else { return nil }
        if text.contains(":") { return "IPv6" }
        let octets = text.split(separator: ".", omittingEmptySubsequences: false)
        return octets.count == 4 && octets.allSatisfy { UInt8($0) != nil } ? "IPv4" : nil
    }

    private static func warnings(invalid: Int, skipped: Int) -> [(reason: String, message: String)] {
        var warnings: [(reason: String, message: String)] = []
        if invalid > 0 {
            let text = "Skipped \(invalid) invalid IP addresses when mirroring to EndpointSlices"
            warnings.append(("InvalidIPAddress", text))
        }
        if skipped > 0 {
            let text = "A max of \(capacity) addresses can be mirrored to EndpointSlices per Endpoints subset. "
            warnings.append(("TooManyAddressesToMirror", text + "\(skipped + invalid) addresses were skipped"))
        }
        return warnings
    }
}
