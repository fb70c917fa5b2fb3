import Objects

/// What a change changed, in a few words; pure.
enum ChangeSummary {
    /// - Parameters:
    ///   - before: nil: the object did not exist.
    ///   - after: nil: it was removed.
    static func text(before: Object?, after: Object?, limit: Int = 4) -> String {
        guard let after else { return "removed" }
        guard let before else { return "created" }
        if before.uid != after.uid { return "removed and created anew" }
        var parts: [String] = []
        if after.isBeingDeleted, !before.isBeingDeleted { parts.append("deletion requested") }
        let (old, new) = (leaves(before), leaves(after))
        for path in Set(old.keys).union(new.keys).sorted() where old[path] != new[path] {
            parts.append("\(path): \(short(old[path])) -> \(short(new[path]))")
        }
        if parts.isEmpty { return "nothing that shows" }
        let shown = parts.prefix(limit)
        return shown.joined(separator: ", ") + (parts.count > limit ? ", and \(parts.count - limit) more" : "")
    }

    /// What changes with everything else, and says nothing by itself.
    private static let silent: Set = [
        "resourceVersion", "managedFields", "generation", "deletionTimestamp", "deletionGracePeriodSeconds",
        "observedGeneration", "lastTransitionTime", "lastProbeTime", "lastHeartbeatTime", "lastUpdateTime",
        "kubectl.kubernetes.io/last-applied-configuration",
    ]

    private static func leaves(_ object: Object) -> [String: JSON] {
        var leaves: [String: JSON] = [:]
        collect(object.json, "", &leaves)
        return leaves
    }

    private static func collect(_ value: JSON, _ path: String, _ leaves: inout [String: JSON]) {
        switch value {
        case .object(let members) where !members.isEmpty:
            for (key, child) in members where !silent.contains(key) {
                collect(child, path.isEmpty ? key : "\(path).\(key)", &leaves)
            }
        case .array(let elements) where !elements.isEmpty:
            for (index, element) in elements.enumerated() {
                collect(element, "\(path)[\(name(element, index))]", &leaves)
            }
        default: leaves[path] = value
        }
    }

    /// Elements of lists are known by what tells them apart, so that a new one does not seem to change those behind it.
    private static func name(_ element: JSON, _ index: Int) -> String {
        for key in ["name", "type", "uid", "ip", "containerPort"] {
            if let text = element[key]?.string { return text }
        }
        return String(index)
    }

    private static func short(_ value: JSON?) -> String {
        guard let value else { return "none" }
        let text = value.string ?? PrettyJSON.compact(value)
        return text.isEmpty ? "\"\"" : text.count > 40 ? text.prefix(37) + "..." : text
    }
}
