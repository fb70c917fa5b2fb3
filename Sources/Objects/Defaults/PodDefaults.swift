package enum PodDefaults {
    /// What only a pod gets; a pod template keeps these fields as they were given.
    @Sendable static func pod(_ slots: inout FieldSlots) {
        guard var spec = slots["spec"] else { return }
        if spec["enableServiceLinks"] == nil { spec["enableServiceLinks"] = true }
        let hostNetwork = spec["hostNetwork"]?.bool ?? false
        for field in ["containers", "initContainers"] {
            guard let containers = spec[field]?.array else { continue }
            spec[field] = .array(containers.map { container($0, hostNetwork: hostNetwork) })
        }
        if let resources = spec["resources"] { spec["resources"] = podLevel(resources, spec) }
        slots["spec"] = spec.normalized(as: "PodSpec")
    }

    /// The old name of `serviceAccountName` always says the same.
    @Sendable static func spec(_ slots: inout FieldSlots) {
        if slots.isUnset("serviceAccountName"), let old = slots["serviceAccount"] {
            slots["serviceAccountName"] = old
        } else if let name = slots["serviceAccountName"] {
            slots["serviceAccount"] = name
        }
    }

    private static func container(_ container: JSON, hostNetwork: Bool) -> JSON {
        var container = container
        if let resources = container["resources"], let limits = resources["limits"]?.object, !limits.isEmpty {
            container["resources"] = withRequests(resources, limits)
        }
        if hostNetwork, let ports = container["ports"]?.array {
            container["ports"] = .array(ports.map(withHostPort))
        }
        return container
    }

    /// A limit without a request is its own request.
    private static func withRequests(_ resources: JSON, _ limits: JSONObject) -> JSON {
        var resources = resources
        var requests = MemberTable(resources["requests"]?.object ?? JSONObject())
        for (name, limit) in limits where requests[name] == nil { requests[name] = limit }
        resources["requests"] = JSON.object(requests.object).withSortedMembers
        return resources.normalized(as: "ResourceRequirements")
    }

    private static func withHostPort(_ port: JSON) -> JSON {
        if port["hostPort"]?.integer ?? 0 != 0 { return port }
        var port = port
        port["hostPort"] = port["containerPort"]
        return port.normalized(as: "ContainerPort")
    }

    /// Requests of the pod as a whole: those of its containers where they may be exceeded, else its limits.
    private static func podLevel(_ resources: JSON, _ spec: JSON) -> JSON {
        guard let limits = resources["limits"]?.object, !limits.isEmpty else { return resources }
        var resources = resources
        var requests = MemberTable(resources["requests"]?.object ?? JSONObject())
        for name in ["cpu", "memory"] where requests[name] == nil {
            if let sum = containerRequests(name, spec) { requests[name] = .string(sum.description) }
        }
        for (name, limit) in limits where requests[name] == nil { requests[name] = limit }
        resources["requests"] = JSON.object(requests.object).withSortedMembers
        return resources.normalized(as: "ResourceRequirements")
    }

    /// What the pod's containers ask for at its most demanding moment: all containers and sidecars together, or one
    /// init container with the sidecars started before it.
    package static func containerRequests(_ resource: String, _ spec: JSON) -> Quantity? {
        var running: Quantity?
        var sidecars: Quantity?
        var peak: Quantity?
        for container in spec["containers"]?.array ?? [] {
            running = sum(running, request(resource, container))
        }
        for container in spec["initContainers"]?.array ?? [] {
            let own = request(resource, container)
            if container["restartPolicy"]?.string == "Always" {
                sidecars = sum(sidecars, own)
                peak = larger(peak, sidecars)
            } else {
                peak = larger(peak, sum(sidecars, own))
            }
        }
        return larger(sum(running, sidecars), peak)
    }

    private static func request(_ resource: String, _ container: JSON) -> Quantity? {
        container.at("resources", "requests", resource)?.string.flatMap { Quantity($0) }
    }

    private static func sum(_ left: Quantity?, _ right: Quantity?) -> Quantity? {
        guard let left, let right else { return left ?? right }
        return left + right
    }

    private static func larger(_ left: Quantity?, _ right: Quantity?) -> Quantity? {
        guard let left, let right else { return left ?? right }
        return max(left, right)
    }
}
