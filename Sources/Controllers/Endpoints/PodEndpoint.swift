package import Objects

/// A pod as an endpoint of a service.
package struct PodEndpoint: Sendable, Hashable {
    package let pod: String
    package let uid: String
    package let namespace: String
    package let address: String
    package let nodeName: String?
    /// `<hostname>.<service>` resolves to it: for pods whose subdomain is the service.
    package let hostname: String?
    package let zone: String?
    package let isServing: Bool
    package let isTerminating: Bool
    package let isReady: Bool
    package let ports: [EndpointPort]

    /// nil for pods that have ended and for those without an address.
    package init?(_ pod: Object, of service: ServiceView, zone: String? = nil) {
        let state = PodState(pod)
        let addresses = (pod["status", "podIPs"]?.array ?? []).compactMap { $0["ip"]?.string }
        let single = pod["status", "podIP"]?.string.map { [$0] } ?? []
        let family = (addresses.isEmpty ? single : addresses).first { $0.contains(":") == service.ipv6Only }
        guard !state.isFinished, let address = family, !address.isEmpty else { return nil }
        self.pod = pod.name
        uid = pod.uid
        namespace = pod.namespace
        self.address = address
        nodeName = pod["spec", "nodeName"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        let hostname = pod["spec", "hostname"]?.string ?? ""
        let isNamed = !hostname.isEmpty && pod["spec", "subdomain"]?.string == service.name
        self.hostname = isNamed ? hostname : nil
        self.zone = zone
        isServing = state.isReady
        isTerminating = state.isTerminating
        isReady = service.publishesNotReady || (state.isReady && !state.isTerminating)
        ports = service.ports(on: pod)
    }

    private var target: JSON {
        ["kind": "Pod", "namespace": .string(namespace), "name": .string(pod), "uid": .string(uid)]
    }

    /// An entry of an EndpointSlice.
    package var sliceJSON: JSON {
        var members: [JSONObject.Member] = [
            ("addresses", [.string(address)]),
            (
                "conditions",
                ["ready": .bool(isReady), "serving": .bool(isServing), "terminating": .bool(isTerminating)]
            ),
        ]
        if let hostname { members.append(("hostname", .string(hostname))) }
        members.append(("targetRef", target))
        if let nodeName { members.append(("nodeName", .string(nodeName))) }
        if let zone { members.append(("zone", .string(zone))) }
        return .object(JSONObject(members))
    }

    /// An address of Endpoints.
    package var addressJSON: JSON {
        var members: [JSONObject.Member] = [("ip", .string(address))]
        if let hostname { members.append(("hostname", .string(hostname))) }
        if let nodeName { members.append(("nodeName", .string(nodeName))) }
        members.append(("targetRef", target))
        return .object(JSONObject(members))
    }
}
