import Objects

/// Whether a pod fits on a node. The first filter that objects speaks, as in upstream's scheduler; resources may object
/// several times. Texts are those of kubernetes/pkg/scheduler/framework/plugins.
enum NodeFit {
    struct Problem: Sendable, Equatable {
        var reason: String
        /// Another pod's end would help.
        var isResolvable = false
    }

    static func problems(
        _ pod: Object, on node: NodeState, _ volumes: SchedulingClaims, _ placed: [(pod: Object, node: Object)]
    ) -> [Problem] {
        if node.node["spec", "unschedulable"]?.bool == true, !Taints.toleratesUnschedulable(pod) {
            return [Problem(reason: "node(s) were unschedulable")]
        }
        if Taints.repelling(pod, from: node.node) != nil {
            return [Problem(reason: "node(s) had untolerated taint(s)")]
        }
        if !NodeTerms.matches(pod: pod, node.node) {
            return [Problem(reason: "node(s) didn't match Pod's node affinity/selector")]
        }
        if hasPortConflict(pod, node) {
            return [Problem(reason: "node(s) didn't have free ports for the requested pod ports", isResolvable: true)]
        }
        let resources = shortages(pod, node)
        if !resources.isEmpty { return resources }
        if let problem = volumeProblem(pod, node, volumes) { return [problem] }
        return PodTerms.conflict(pod, node.node, placed).map { [problem($0)] } ?? []
    }

    private static func shortages(_ pod: Object, _ node: NodeState) -> [Problem] {
        var problems: [Problem] = []
        let allowed = node.allocatable["pods"]
        if node.allocatable.amounts["pods"] != nil, Int64(node.pods.count) + 1 > allowed {
            problems.append(Problem(reason: "Too many pods", isResolvable: true))
        }
        for (name, wanted) in PodRequests.of(pod).amounts.sorted(by: { $0.key < $1.key }) where wanted > 0 {
            let capacity = node.allocatable[name]
            // Nodes say what they like, negative amounts too: the difference may have no place in 64 bits.
            if Int128(wanted) + Int128(node.requested[name]) > Int128(capacity) {
                problems.append(Problem(reason: "Insufficient \(name)", isResolvable: wanted <= capacity))
            }
        }
        return problems
    }

    private static func volumeProblem(_ pod: Object, _ node: NodeState, _ volumes: SchedulingClaims) -> Problem? {
        if volumes.hasMissingVolume {
            return Problem(reason: "node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)")
        }
        for volume in volumes.volumes where !NodeTerms.matches(volume: volume, node.node) {
            return Problem(reason: "node(s) didn't match PersistentVolume's node affinity")
        }
        let claims = Set(SchedulingClaims.claimNames(pod))
        for volume in volumes.volumes where isForOnePod(volume) {
            let claim = volume["spec", "claimRef", "name"]?.string ?? ""
            let isUsed = node.pods.contains {
                $0.namespace == pod.namespace && SchedulingClaims.claimNames($0).contains(claim)
            }
            if claims.contains(claim), isUsed {
                return Problem(
                    reason:
                        "node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode",
                    isResolvable: true)
            }
        }
        return nil
    }

    private static func isForOnePod(_ volume: Object) -> Bool {
        volume["spec", "accessModes"]?.array == ["ReadWriteOncePod"]
    }

    private static func hasPortConflict(_ pod: Object, _ node: NodeState) -> Bool {
        let wanted = hostPorts(pod)
        guard !wanted.isEmpty else { return false }
        return node.pods.contains { !wanted.isDisjoint(with: hostPorts($0)) }
    }

    private static func hostPorts(_ pod: Object) -> Set<String> {
        let ports = (pod["spec", "containers"]?.array ?? []).flatMap { $0["ports"]?.array ?? [] }
        return Set(
            ports.compactMap { port in
                guard let number = port["hostPort"]?.integer, number > 0 else { return nil }
                return "\(port["protocol"]?.string ?? "TCP")/\(number)"
            })
    }

    private static func problem(_ conflict: PodTerms.Conflict) -> Problem {
        switch conflict {
        case .affinity: Problem(reason: "node(s) didn't match pod affinity rules")
        case .antiAffinity: Problem(reason: "node(s) didn't match pod anti-affinity rules", isResolvable: true)
        case .existingAntiAffinity:
            Problem(reason: "node(s) didn't satisfy existing pods anti-affinity rules", isResolvable: true)
        }
    }
}
