import Objects

extension Strategy {
    static let service = Strategy(
        createsOnUpdate: true, initialStatus: { _, _ in ["loadBalancer": [:]] },
        prepareCreate: { service, _ in ServiceType.dropInternalPolicy(&service) },
        prepareUpdate: { service, old, _ in ServiceType.drop(&service, old) })
}

/// What a Service had because of its type goes with the type, unless this update is about it too (k8s.io/kubernetes,
/// pkg/registry/core/service, dropTypeDependentFields).
enum ServiceType {
    /// A name has no traffic.
    static func dropInternalPolicy(_ service: inout Object) {
        let isName = service["spec", "type"] == "ExternalName"
        if isName, service["spec", "internalTrafficPolicy"] != nil { remove(["internalTrafficPolicy"], &service) }
    }

    static func drop(_ new: inout Object, _ old: Object) {
        dropInternalPolicy(&new)
        let (type, was) = (new["spec", "type"]?.string ?? "", old["spec", "type"]?.string ?? "")
        if was != "ExternalName", type == "ExternalName" {
            if isSame("clusterIP", new, old), isSame("clusterIPs", new, old) {
                remove(["clusterIP", "clusterIPs"], &new)
            }
            for field in ["ipFamilies", "ipFamilyPolicy"] where isSame(field, new, old) {
                remove([field], &new)
            }
        }
        let hasNodePorts = ["NodePort", "LoadBalancer"]
        if hasNodePorts.contains(was), !hasNodePorts.contains(type) {
            if nodePorts(new).isSubset(of: nodePorts(old)) { dropNodePorts(&new) }
        }
        if isAccessible(old), !isAccessible(new), isSame("externalTrafficPolicy", new, old) {
            remove(["externalTrafficPolicy"], &new)
        }
        if NodePorts.needsHealthCheck(old), !NodePorts.needsHealthCheck(new), isSame("healthCheckNodePort", new, old) {
            remove(["healthCheckNodePort"], &new)
        }
        if was == "LoadBalancer", type != "LoadBalancer" {
            for field in ["allocateLoadBalancerNodePorts", "loadBalancerClass"] where isSame(field, new, old) {
                remove([field], &new)
            }
        }
        if type != "LoadBalancer" { new["status", "loadBalancer"] = [:] }
    }

    /// From outside the cluster.
    private static func isAccessible(_ service: Object) -> Bool {
        switch service["spec", "type"]?.string {
        case "NodePort", "LoadBalancer": true
        case "ClusterIP": service["spec", "externalIPs"]?.array?.isEmpty == false
        default: false
        }
    }

    private static func isSame(_ field: String, _ new: Object, _ old: Object) -> Bool {
        new["spec", field] == old["spec", field]
    }

    private static func remove(_ fields: [String], _ service: inout Object) {
        for field in fields { service["spec", field] = nil }
    }

    private static func nodePorts(_ service: Object) -> Set<Int64> {
        Set((service["spec", "ports"]?.array ?? []).compactMap { $0["nodePort"]?.integer }.filter { $0 != 0 })
    }

    private static func dropNodePorts(_ service: inout Object) {
        let ports = (service["spec", "ports"]?.array ?? []).map { port -> JSON in
            var port = port
            port["nodePort"] = nil
            return port
        }
        if !ports.isEmpty { service["spec", "ports"] = .array(ports) }
    }
}
