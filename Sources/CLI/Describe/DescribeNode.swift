import Objects

enum DescribeNode {
    private static let rolePrefix = "node-role.kubernetes.io/"
    private static let facts = [
        ("Machine ID", "machineID"), ("System UUID", "systemUUID"), ("Boot ID", "bootID"),
        ("Kernel Version", "kernelVersion"), ("OS Image", "osImage"), ("Operating System", "operatingSystem"),
        ("Architecture", "architecture"), ("Container Runtime Version", "containerRuntimeVersion"),
        ("Kubelet Version", "kubeletVersion"),
    ]

    static func append(_ node: Object, _ pods: [Object], to text: inout DescribeText) {
        text.field(0, "Name", node.name)
        let roles = node.labels.keys.filter { $0.hasPrefix(rolePrefix) }.map { String($0.dropFirst(rolePrefix.count)) }
        text.field(0, "Roles", roles.isEmpty ? "<none>" : roles.sorted().joined(separator: ","))
        text.labels(node)
        text.annotations(node)
        text.field(0, "CreationTimestamp", Age.long(node.creationTimestamp))
        taints(node, to: &text)
        text.field(0, "Unschedulable", node["spec", "unschedulable"]?.bool == true ? "true" : "false")
        conditions(node, to: &text)
        text.line(0, "Addresses:")
        for address in node["status", "addresses"]?.array ?? [] {
            text.field(1, address.text("type") ?? "", address.text("address"))
        }
        for (title, field) in [("Capacity", "capacity"), ("Allocatable", "allocatable")] {
            let amounts = DescribePod.stringMap(node["status", field])
            guard !amounts.isEmpty else { continue }
            text.line(0, "\(title):")
            for (key, value) in amounts.sorted(by: { $0.key < $1.key }) { text.field(1, key, value) }
        }
        text.line(0, "System Info:")
        for (title, field) in facts { text.field(1, title, node.text("status", "nodeInfo", field)) }
        text.optional(0, "PodCIDR", node.text("spec", "podCIDR"))
        running(pods, to: &text)
    }

    private static func taints(_ node: Object, to text: inout DescribeText) {
        let taints = (node["spec", "taints"]?.array ?? []).map { taint in
            let value = taint.text("value").map { $0.isEmpty ? "" : "=\($0)" } ?? ""
            return "\(taint.text("key") ?? "")\(value):\(taint.text("effect") ?? "")"
        }
        guard !taints.isEmpty else { return text.field(0, "Taints", "<none>") }
        for (index, taint) in taints.enumerated() { text.line(0, (index == 0 ? "Taints:" : "") + "\t" + taint) }
    }

    private static func conditions(_ node: Object, to text: inout DescribeText) {
        let conditions = node["status", "conditions"]?.array ?? []
        guard !conditions.isEmpty else { return }
        text.line(0, "Conditions:")
        text.line(1, "Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage")
        text.line(1, "----\t------\t-----------------\t------------------\t------\t-------")
        for condition in conditions {
            let times = ["lastHeartbeatTime", "lastTransitionTime"].map { condition.text($0).map(Age.long) ?? "" }
            let cells =
                ["type", "status"].map { condition.text($0) ?? "" } + times
                + ["reason", "message"].map { Terminal.escaped(condition.text($0) ?? "") }
            text.line(1, cells.joined(separator: " \t"))
        }
    }

    private static func running(_ pods: [Object], to text: inout DescribeText) {
        let alive = pods.filter { !["Succeeded", "Failed"].contains($0.text("status", "phase") ?? "") }
        text.line(0, "Non-terminated Pods:\t(\(alive.count) in total)")
        text.line(1, "Namespace\tName\t\tAge")
        text.line(1, "---------\t----\t\t---")
        for pod in alive { text.line(1, "\(pod.namespace)\t\(pod.name)\t\t\(Age.since(pod.creationTimestamp))") }
    }
}
