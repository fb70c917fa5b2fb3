import Objects

enum PodAdmission {
    /// https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/. There are no PriorityClass
    /// objects here, only the two classes that every cluster has.
    static func setPriority(_ pod: inout Object) throws(Status) {
        let name = pod["spec", "priorityClassName"]?.string ?? ""
        let priority: Int64
        switch name {
        case "": priority = 0
        case "system-node-critical": priority = 2_000_001_000
        case "system-cluster-critical": priority = 2_000_000_000
        default:
            throw .forbidden(.pods, pod.name, "no PriorityClass with name \(name) was found")
        }
        if let given = pod["spec", "priority"]?.integer, given != priority {
            throw .forbidden(
                .pods, pod.name,
                "the integer value of priority (\(given)) must not be provided in pod spec; priority admission "
                    + "controller computed \(priority) from the given PriorityClass name")
        }
        pod["spec", "priority"] = .integer(priority)
        let policy = pod["spec", "preemptionPolicy"]?.string
        if let policy, policy != "PreemptLowerPriority" {
            throw .forbidden(
                .pods, pod.name,
                "the string value of PreemptionPolicy (\(policy)) must not be provided in pod spec; priority admission "
                    + "controller computed PreemptLowerPriority from the given PriorityClass name")
        }
        pod["spec", "preemptionPolicy"] = "PreemptLowerPriority"
    }

    /// https://kubernetes.io/docs/concepts/containers/runtime-class/. There are no RuntimeClass objects here.
    static func checkRuntimeClass(_ pod: Object) throws(Status) {
        if let name = pod["spec", "runtimeClassName"]?.string {
            throw .forbidden(.pods, pod.name, "pod rejected: RuntimeClass \(Status.quoted(name)) not found")
        }
        if pod["spec", "overhead"]?.object?.isEmpty == false {
            throw .forbidden(
                .pods, pod.name,
                "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead")
        }
    }

    /// A pod stays for five minutes on a node that is not ready or cannot be reached, unless it says otherwise.
    static func addDefaultTolerations(_ pod: inout Object) {
        var tolerations = pod["spec", "tolerations"]?.array ?? []
        let before = tolerations
        for key in ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"] {
            if before.contains(where: { tolerates($0, key) }) { continue }
            tolerations.append([
                "key": .string(key), "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300,
            ])
        }
        if tolerations != before { pod["spec", "tolerations"] = .array(tolerations) }
    }

    private static func tolerates(_ toleration: JSON, _ taint: String) -> Bool {
        let key = toleration["key"]?.string ?? ""
        let effect = toleration["effect"]?.string ?? ""
        return (key == taint || key.isEmpty) && (effect == "NoExecute" || effect.isEmpty)
    }
}
