package import Objects

/// Node selectors of pods and of volumes
/// (https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/).
package enum NodeTerms {
    /// `spec.nodeSelector` and the required part of `spec.affinity.nodeAffinity`.
    package static func matches(pod: Object, _ node: Object) -> Bool {
        for (key, value) in pod["spec", "nodeSelector"]?.object ?? JSONObject() where node.label(key) != value.string {
            return false
        }
        let required = pod["spec", "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution"]
        guard let required, !required.isNull else { return true }
        return matches(selector: required, node)
    }

    /// `spec.nodeAffinity.required` of a volume; without one it is reachable from everywhere.
    package static func matches(volume: Object, _ node: Object) -> Bool {
        guard let required = volume["spec", "nodeAffinity", "required"], !required.isNull else { return true }
        return matches(selector: required, node)
    }

    /// A NodeSelector: one of its terms has to match, in all its expressions; an empty term matches nothing.
    static func matches(selector: JSON, _ node: Object) -> Bool {
        (selector["nodeSelectorTerms"]?.array ?? []).contains { term in
            let expressions = term["matchExpressions"]?.array ?? []
            let fields = term["matchFields"]?.array ?? []
            guard !expressions.isEmpty || !fields.isEmpty else { return false }
            return expressions.allSatisfy { matches($0, value: node.label($0["key"]?.string ?? "")) }
                && fields.allSatisfy { matches($0, value: $0["key"]?.string == "metadata.name" ? node.name : nil) }
        }
    }

    private static func matches(_ requirement: JSON, value: String?) -> Bool {
        let values = requirement["values"]?.array?.compactMap(\.string) ?? []
        return switch requirement["operator"]?.string {
        case "In": value.map(values.contains) ?? false
        case "NotIn": !(value.map(values.contains) ?? false)
        case "Exists": value != nil
        case "DoesNotExist": value == nil
        case "Gt": compare(value, values) { $0 > $1 }
        case "Lt": compare(value, values) { $0 < $1 }
        default: false
        }
    }

    private static func compare(_ value: String?, _ values: [String], _ isOrdered: (Int64, Int64) -> Bool) -> Bool {
        guard let value = value.flatMap({ Int64($0) }), let bound = values.first.flatMap({ Int64($0) }) else {
            return false
        }
        return isOrdered(value, bound)
    }
}

/// Taints and tolerations (https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/).
package enum Taints {
    /// A taint that keeps the pod away from the node.
    package static func repelling(_ pod: Object, from node: Object) -> JSON? {
        let tolerations = pod["spec", "tolerations"]?.array ?? []
        return (node["spec", "taints"]?.array ?? []).first { taint in
            let effect = taint["effect"]?.string
            guard effect == "NoSchedule" || effect == "NoExecute" else { return false }
            return !tolerations.contains { tolerates($0, taint) }
        }
    }

    package static func toleratesUnschedulable(_ pod: Object) -> Bool {
        let taint: JSON = ["key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"]
        return (pod["spec", "tolerations"]?.array ?? []).contains { tolerates($0, taint) }
    }

    private static func tolerates(_ toleration: JSON, _ taint: JSON) -> Bool {
        let effect = toleration["effect"]?.string ?? ""
        guard effect.isEmpty || effect == taint["effect"]?.string else { return false }
        let key = toleration["key"]?.string ?? ""
        let exists = toleration["operator"]?.string == "Exists"
        // No key with Exists tolerates everything.
        if key.isEmpty { return exists }
        guard key == taint["key"]?.string else { return false }
        return exists || (toleration["value"]?.string ?? "") == (taint["value"]?.string ?? "")
    }
}
