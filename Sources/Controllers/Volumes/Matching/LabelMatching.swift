package import Objects

/// Label selectors (`matchLabels`, `matchExpressions`) and node selector terms, evaluated against labels
/// (https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/).
package enum LabelMatching {
    /// A selector that says nothing matches everything; one with an unknown operator matches nothing.
    package static func matches(selector: JSON?, labels: [String: String]) -> Bool {
        for (key, value) in selector?["matchLabels"]?.object ?? JSONObject() where labels[key] != value.string {
            return false
        }
        return matches(expressions: selector?["matchExpressions"], labels: labels)
    }

    /// Whether a node may use a volume: `spec.nodeAffinity.required`, whose terms are alternatives.
    package static func matches(nodeAffinity: JSON?, node: Object) -> Bool {
        guard let terms = nodeAffinity?.at("required", "nodeSelectorTerms")?.array else { return true }
        return terms.contains { term in
            let expressions = term["matchExpressions"]
            let fields = term["matchFields"]
            // An empty term matches no node.
            guard expressions?.array?.isEmpty == false || fields?.array?.isEmpty == false else { return false }
            return matches(expressions: expressions, labels: node.labels)
                && matches(expressions: fields, labels: ["metadata.name": node.name])
        }
    }

    /// `allowedTopologies` of a class: alternatives, each a list of keys with their allowed values.
    package static func matches(allowedTopologies: JSON?, labels: [String: String]) -> Bool {
        guard let terms = allowedTopologies?.array, !terms.isEmpty else { return true }
        return terms.contains { term in
            let expressions = term["matchLabelExpressions"]?.array ?? []
            return !expressions.isEmpty
                && expressions.allSatisfy { expression in
                    guard let value = labels[expression["key"]?.string ?? ""] else { return false }
                    return strings(expression["values"]).contains(value)
                }
        }
    }

    private static func matches(expressions: JSON?, labels: [String: String]) -> Bool {
        (expressions?.array ?? []).allSatisfy { expression in
            let value = labels[expression["key"]?.string ?? ""]
            return matches(expression["operator"]?.string ?? "", value, strings(expression["values"]))
        }
    }

    private static func matches(_ operation: String, _ value: String?, _ values: [String]) -> Bool {
        switch operation {
        case "In": value.map(values.contains) ?? false
        case "NotIn": value.map { !values.contains($0) } ?? true
        case "Exists": value != nil
        case "DoesNotExist": value == nil
        case "Gt": compare(value, values, >)
        case "Lt": compare(value, values, <)
        default: false
        }
    }

    private static func compare(_ value: String?, _ values: [String], _ holds: (Int64, Int64) -> Bool) -> Bool {
        guard let value, let left = Int64(value), values.count == 1, let right = Int64(values[0]) else { return false }
        return holds(left, right)
    }

    private static func strings(_ json: JSON?) -> [String] { (json?.array ?? []).compactMap(\.string) }
}
