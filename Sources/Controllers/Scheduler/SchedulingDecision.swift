package import Objects

/// A node and the pods on it.
package struct NodeState: Sendable {
    package let node: Object
    package let allocatable: ResourceAmounts
    package private(set) var requested = ResourceAmounts()
    package private(set) var pods: [Object] = []

    package init(_ node: Object, pods: [Object]) {
        self.node = node
        let status = node["status"]
        allocatable = ResourceAmounts(status?["allocatable"] ?? status?["capacity"])
        for pod in pods where !PodState(pod).isFinished {
            requested = requested + PodRequests.of(pod)
            self.pods.append(pod)
        }
    }
}

/// Where a pod goes, or why it cannot go anywhere.
package enum SchedulingDecision: Sendable, Equatable {
    case bind(node: String)
    /// Claims wait for the pod's node: when they are bound for this one, the pod goes there.
    case prepareVolumes(node: String)
    /// The text of the condition and of the event.
    case unschedulable(String)

    package static func decide(_ pod: Object, nodes: [NodeState], volumes: SchedulingClaims) -> SchedulingDecision {
        if let obstacle = volumes.obstacle {
            return .unschedulable(message(nodes.count, [obstacle], unhelpful: nodes.count, noVictims: 0))
        }
        let placed = nodes.flatMap { node in node.pods.map { (pod: $0, node: node.node) } }
        var reasons: [String: Int] = [:]
        var fitting: [NodeState] = []
        var unresolvable = 0
        for node in nodes {
            let problems = NodeFit.problems(pod, on: node, volumes, placed)
            if problems.isEmpty { fitting.append(node) }
            if problems.contains(where: { !$0.isResolvable }) { unresolvable += 1 }
            for problem in problems { reasons[problem.reason, default: 0] += 1 }
        }
        guard let best = fitting.min(by: isPreferred) else {
            let counted = reasons.map { "\($0.value) \($0.key)" }.sorted()
            return .unschedulable(
                message(nodes.count, counted, unhelpful: unresolvable, noVictims: nodes.count - unresolvable))
        }
        return volumes.isWaiting ? .prepareVolumes(node: best.node.name) : .bind(node: best.node.name)
    }

    /// The emptier node, then the one whose name sorts first.
    private static func isPreferred(_ left: NodeState, _ right: NodeState) -> Bool {
        (left.pods.count, left.node.name) < (right.pods.count, right.node.name)
    }

    /// As upstream's FitError with the result of a preemption that did not help: nothing is ever preempted here.
    static func message(_ count: Int, _ reasons: [String], unhelpful: Int, noVictims: Int) -> String {
        let head = "0/\(count) nodes are available: "
        var preemption: [String] = []
        if noVictims > 0 { preemption.append("\(noVictims) No preemption victims found for incoming pod") }
        if unhelpful > 0 { preemption.append("\(unhelpful) Preemption is not helpful for scheduling") }
        return head + reasons.joined(separator: ", ") + ". preemption: " + head + preemption.joined(separator: ", ")
            + "."
    }
}
