enum ServiceDefaults {
    @Sendable static func spec(_ slots: inout FieldSlots) {
        fillAffinity(&slots)
        fillPorts(&slots)
        let type = slots["type"]?.string ?? ""
        let external =
            type == "LoadBalancer" || type == "NodePort"
            || (type == "ClusterIP" && slots["externalIPs"]?.array?.isEmpty == false)
        if external, slots.isUnset("externalTrafficPolicy") { slots["externalTrafficPolicy"] = "Cluster" }
        if ["NodePort", "LoadBalancer", "ClusterIP"].contains(type), slots["internalTrafficPolicy"] == nil {
            slots["internalTrafficPolicy"] = "Cluster"
        }
        if type == "LoadBalancer", slots["allocateLoadBalancerNodePorts"] == nil {
            slots["allocateLoadBalancerNodePorts"] = true
        }
    }

    /// An address that a load balancer was given is a virtual one unless it says otherwise.
    @Sendable static func service(_ slots: inout FieldSlots) {
        guard slots["spec"]?["type"]?.string == "LoadBalancer", var status = slots["status"],
            let ingress = status.at("loadBalancer", "ingress")?.array
        else { return }
        let filled = ingress.map { entry -> JSON in
            guard entry["ip"] != nil, entry["ipMode"] == nil else { return entry }
            var entry = entry
            entry["ipMode"] = "VIP"
            return entry
        }
        status.set(["loadBalancer", "ingress"], .array(filled))
        slots["status"] = status.normalized(as: "ServiceStatus")
    }

    private static func fillAffinity(_ slots: inout FieldSlots) {
        if slots["sessionAffinity"]?.string == "None" {
            slots["sessionAffinityConfig"] = nil
        } else if slots["sessionAffinity"]?.string == "ClientIP",
            slots["sessionAffinityConfig"]?.at("clientIP", "timeoutSeconds") == nil
        {
            slots["sessionAffinityConfig"] = ["clientIP": ["timeoutSeconds": 10800]]
        }
    }

    private static func fillPorts(_ slots: inout FieldSlots) {
        guard let ports = slots["ports"]?.array else { return }
        slots["ports"] = .array(
            ports.map { port in
                var port = port
                if port["protocol"] == nil { port["protocol"] = "TCP" }
                if port["targetPort"]?.isZero ?? true { port["targetPort"] = port["port"] ?? 0 }
                return port.normalized(as: "ServicePort")
            })
    }
}
