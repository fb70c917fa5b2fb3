package import Objects

/// A Service read once into what its endpoints depend on
/// (https://kubernetes.io/docs/concepts/services-networking/service/).
package struct ServiceView: Sendable {
    package struct Port: Sendable, Hashable {
        package var name: String
        package var networkProtocol: String
        package var appProtocol: String?
        /// A number, or the name of a container port.
        package var target: JSON
    }

    package let object: Object
    package let name: String
    package let namespace: String
    package let isHeadless: Bool
    package let publishesNotReady: Bool
    package let ports: [Port]
    package let ipv6Only: Bool
    private let selector: JSONObject

    package init(_ object: Object) {
        let spec = object["spec"]
        self.object = object
        name = object.name
        namespace = object.namespace
        isHeadless = spec?["clusterIP"]?.string == "None"
        publishesNotReady = spec?["publishNotReadyAddresses"]?.bool ?? false
        selector = spec?["type"]?.string == "ExternalName" ? JSONObject() : spec?["selector"]?.object ?? JSONObject()
        ipv6Only = spec?["ipFamilies"]?.array == ["IPv6"]
        ports = (spec?["ports"]?.array ?? []).map { port in
            let number = port["port"] ?? 0
            let target = port["targetPort"].flatMap { $0 == 0 || $0 == "" ? nil : $0 } ?? number
            return Port(
                name: port["name"]?.string ?? "", networkProtocol: port["protocol"]?.string ?? "TCP",
                appProtocol: port["appProtocol"]?.string, target: target)
        }
    }

    /// Without a selector somebody else keeps the endpoints.
    package var hasSelector: Bool { !selector.isEmpty }

    package func selects(_ pod: Object) -> Bool { hasSelector && LabelSelector(labels: selector).matches(pod) }

    /// The ports as they are on a pod; named ones that the pod does not have are left out.
    package func ports(on pod: Object) -> [EndpointPort] {
        ports.compactMap { port in
            guard let number = Self.number(port, on: pod) else { return nil }
            return EndpointPort(
                name: port.name, networkProtocol: port.networkProtocol, number: number, appProtocol: port.appProtocol)
        }
    }

    private static func number(_ port: Port, on pod: Object) -> Int64? {
        if let number = port.target.integer { return number }
        let sidecars = (pod["spec", "initContainers"]?.array ?? []).filter { $0["restartPolicy"]?.string == "Always" }
        for container in (pod["spec", "containers"]?.array ?? []) + sidecars {
            for declared in container["ports"]?.array ?? []
            where declared["name"] == port.target && (declared["protocol"]?.string ?? "TCP") == port.networkProtocol {
                return declared["containerPort"]?.integer
            }
        }
        return nil
    }
}

package struct EndpointPort: Sendable, Hashable {
    package var name: String
    package var networkProtocol: String
    package var number: Int64
    package var appProtocol: String?

    /// Of an EndpointSlice, where the name is always there.
    package var sliceJSON: JSON {
        var members: [JSONObject.Member] = [
            ("name", .string(name)), ("protocol", .string(networkProtocol)), ("port", .integer(number)),
        ]
        if let appProtocol { members.append(("appProtocol", .string(appProtocol))) }
        return .object(JSONObject(members))
    }

    /// Of Endpoints.
    package var json: JSON {
        var members: [JSONObject.Member] = name.isEmpty ? [] : [("name", .string(name))]
        members.append(("port", .integer(number)))
        members.append(("protocol", .string(networkProtocol)))
        if let appProtocol { members.append(("appProtocol", .string(appProtocol))) }
        return .object(JSONObject(members))
    }
}
