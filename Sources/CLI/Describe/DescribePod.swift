import Objects

enum DescribePod {
    static func append(_ pod: Object, to text: inout DescribeText) {
        text.head(pod, namespaced: true)
        text.field(0, "Priority", pod.text("spec", "priority") ?? "0")
        text.optional(0, "Priority Class Name", pod.text("spec", "priorityClassName"))
        text.optional(0, "Service Account", pod.text("spec", "serviceAccountName"))
        text.field(0, "Node", node(pod))
        if let started = pod.text("status", "startTime") { text.field(0, "Start Time", Age.long(started)) }
        text.labels(pod)
        text.annotations(pod)
        if pod.isBeingDeleted { text.deletion(pod) } else { text.field(0, "Status", pod.text("status", "phase")) }
        text.optional(0, "Reason", pod.text("status", "reason"))
        text.optional(0, "Message", pod.text("status", "message"))
        addresses(pod, to: &text)
        text.optional(0, "Controlled By", pod.controller)
        containers("Init Containers", "initContainers", "initContainerStatuses", pod, to: &text)
        containers("Containers", "containers", "containerStatuses", pod, to: &text)
        conditions(pod, to: &text)
        DescribeVolumes.append(pod["spec", "volumes"]?.array ?? [], to: &text)
        text.field(0, "QoS Class", pod.text("status", "qosClass") ?? "BestEffort")
        text.map(0, "Node-Selectors", stringMap(pod["spec", "nodeSelector"]))
        tolerations(pod, to: &text)
    }

    private static func node(_ pod: Object) -> String {
        guard let name = pod.text("spec", "nodeName"), !name.isEmpty else { return "<none>" }
        return "\(name)/\(pod.text("status", "hostIP") ?? "")"
    }

    private static func addresses(_ pod: Object, to text: inout DescribeText) {
        text.field(0, "IP", pod.text("status", "podIP"))
        let all = pod["status", "podIPs"]?.array ?? []
        guard !all.isEmpty else { return text.line(0, "IPs:\t<none>") }
        text.line(0, "IPs:")
        for entry in all { text.field(1, "IP", entry.text("ip")) }
    }

    private static func containers(
        _ title: String, _ field: String, _ statusField: String, _ pod: Object, to text: inout DescribeText
    ) {
        let containers = pod["spec", field]?.array ?? []
        guard !containers.isEmpty else { return }
        text.line(0, title + ":")
        let statuses = pod["status", statusField]?.array ?? []
        for container in containers {
            let name = container.text("name") ?? ""
            let status = statuses.first { $0.text("name") == name }
            DescribeContainer.append(container, status, to: &text)
        }
    }

    private static func conditions(_ pod: Object, to text: inout DescribeText) {
        let conditions = pod["status", "conditions"]?.array ?? []
        guard !conditions.isEmpty else { return }
        text.line(0, "Conditions:")
        text.line(1, "Type\tStatus")
        for condition in conditions {
            text.line(1, "\(condition.text("type") ?? "") \t\(condition.text("status") ?? "") ")
        }
    }

    static func tolerations(_ pod: Object, to text: inout DescribeText) {
        let tolerations = (pod["spec", "tolerations"]?.array ?? []).map(toleration).sorted()
        guard !tolerations.isEmpty else { return text.field(0, "Tolerations", "<none>") }
        for (index, toleration) in tolerations.enumerated() {
            text.line(0, (index == 0 ? "Tolerations:" : "") + "\t" + toleration)
        }
    }

    private static func toleration(_ toleration: JSON) -> String {
        var text = toleration.text("key") ?? ""
        if let value = toleration.text("value"), !value.isEmpty { text += "=\(value)" }
        if let effect = toleration.text("effect"), !effect.isEmpty { text += ":\(effect)" }
        if toleration.text("operator") == "Exists", (toleration.text("value") ?? "").isEmpty { text += " op=Exists" }
        if let seconds = toleration.text("tolerationSeconds") { text += " for \(seconds)s" }
        return text
    }

    static func stringMap(_ json: JSON?) -> [String: String] {
        Dictionary(
            (json?.object?.members ?? []).map { ($0.key, JSONPath.display($0.value)) }, uniquingKeysWith: { $1 })
    }
}
