package import Objects

/// What has to be written so that a service's EndpointSlices show its pods
/// (https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/).
package enum SliceDecision {
    package enum Write: Sendable, Equatable {
        case create(Object)
        case update(Object)
        case delete(Object)
    }

    /// Upstream's `--max-endpoints-per-slice`.
    package static let capacity = 100
    package static let manager = "endpointslice-controller.k8s.io"
    static let managedBy = "endpointslice.kubernetes.io/managed-by"
    static let serviceName = "kubernetes.io/service-name"
    static let headless = "service.kubernetes.io/headless"

    /// - Parameter existing: the slices that this controller made for the service.
    package static func decide(_ service: ServiceView, _ endpoints: [PodEndpoint], existing: [Object]) -> [Write] {
        guard service.hasSelector, !service.object.isBeingDeleted else { return [] }
        let addressType = service.ipv6Only ? "IPv6" : "IPv4"
        var left = existing.filter { $0["addressType"]?.string == addressType }.sorted { $0.name < $1.name }
        var writes: [Write] = existing.filter { $0["addressType"]?.string != addressType }.map { .delete($0) }
        var kept = 0

        // Pods whose named ports have different numbers cannot share a slice.
        for (ports, group) in Dictionary(grouping: endpoints, by: \.ports).sorted(by: isBefore) {
            let json: JSON = .array(ports.map(\.sliceJSON))
            let matching = left.filter { ($0["ports"] ?? []) == json }
            left.removeAll { slice in matching.contains { $0.name == slice.name } }
            let (slices, surplus) = distribute(group, over: matching)
            writes += slices.compactMap { write(service, $0, ports: json, addressType) }
            left += surplus
            kept += slices.count
        }
        // The last slice stays, empty, so that a watcher can tell "no endpoints" from "not yet".
        if kept == 0 {
            let last = left.isEmpty ? nil : left.removeFirst()
            if let write = write(service, Slice(object: last, endpoints: []), ports: [], addressType) {
                writes.append(write)
            }
        }
        return recycled(&left, for: writes) + left.map { .delete($0) }
    }

    /// A slice that nobody needs any more becomes the one that would be made: its name stays.
    private static func recycled(_ surplus: inout [Object], for writes: [Write]) -> [Write] {
        writes.map { write in
            guard case .create(let made) = write, !surplus.isEmpty else { return write }
            var slice = surplus.removeFirst()
            for field in ["endpoints", "ports"] { slice[field] = made[field] }
            slice["metadata", "labels"] = made["metadata", "labels"]
            return .update(slice)
        }
    }

    private struct Slice {
        var object: Object?
        var endpoints: [PodEndpoint]
    }

    /// Endpoints stay in the slice where they are; new ones fill what has room, then go into new slices.
    private static func distribute(_ group: [PodEndpoint], over existing: [Object]) -> ([Slice], surplus: [Object]) {
        var waiting: [String: PodEndpoint] = [:]
        for endpoint in group { waiting[endpoint.uid] = endpoint }
        var slices = existing.map { object in
            let uids = (object["endpoints"]?.array ?? []).compactMap { $0.at("targetRef", "uid")?.string }
            return Slice(object: object, endpoints: uids.compactMap { waiting.removeValue(forKey: $0) })
        }
        var rest = group.filter { waiting[$0.uid] != nil }.sorted {
            ($0.pod.utf8.count, $0.pod) < ($1.pod.utf8.count, $1.pod)
        }
        for index in slices.indices where !rest.isEmpty {
            let room = min(max(0, capacity - slices[index].endpoints.count), rest.count)
            slices[index].endpoints += rest.prefix(room)
            rest.removeFirst(room)
        }
        while !rest.isEmpty {
            slices.append(Slice(object: nil, endpoints: Array(rest.prefix(capacity))))
            rest.removeFirst(min(capacity, rest.count))
        }
        return (slices.filter { !$0.endpoints.isEmpty }, slices.filter(\.endpoints.isEmpty).compactMap(\.object))
    }

    private static func write(_ service: ServiceView, _ slice: Slice, ports: JSON, _ addressType: String) -> Write? {
        let labels = labels(service)
        let endpoints: JSON = .array(slice.endpoints.map(\.sliceJSON))
        guard var object = slice.object else {
            var made = Object([
                "kind": "EndpointSlice", "apiVersion": "discovery.k8s.io/v1",
                "metadata": [
                    "generateName": .string(service.name + "-"), "namespace": .string(service.namespace),
                    "labels": labels,
                ],
                "addressType": .string(addressType), "endpoints": endpoints, "ports": ports,
            ])
            made.setOwnerReferences([OwnerReference(controller: service.object, apiVersion: "v1", kind: "Service")])
            return .create(made)
        }
        let isSame =
            (object["endpoints"] ?? []) == endpoints && (object["ports"] ?? []) == ports
            && object["metadata", "labels"] == labels
        if isSame { return nil }
        object["endpoints"] = endpoints
        object["ports"] = ports
        object["metadata", "labels"] = labels
        return .update(object)
    }

    private static func labels(_ service: ServiceView) -> JSON {
        var labels = service.object["metadata", "labels"]?.object ?? JSONObject()
        labels[managedBy] = .string(manager)
        labels[serviceName] = .string(service.name)
        labels[headless] = service.isHeadless ? "" : nil
        return .object(labels)
    }

    private static func isBefore(
        _ left: (key: [EndpointPort], value: [PodEndpoint]), _ right: (key: [EndpointPort], value: [PodEndpoint])
    ) -> Bool {
        "\(left.key)" < "\(right.key)"
    }
}
