package import Objects

/// A metav1.LabelSelector (https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/).
package struct LabelSelector: Sendable {
    private enum Operation: String { case isIn = "In", isNotIn = "NotIn", exists = "Exists", isAbsent = "DoesNotExist" }
    private struct Requirement: Sendable {
        var key: String
        var operation: Operation
        var values: [String]
    }

    private var requirements: [Requirement] = []

    /// nil if an operator is unknown. An empty selector selects everything.
    package init?(_ json: JSON) {
        for (key, value) in json["matchLabels"]?.object ?? JSONObject() {
            requirements.append(Requirement(key: key, operation: .isIn, values: [value.string ?? ""]))
        }
        for expression in json["matchExpressions"]?.array ?? [] {
            guard let operation = Operation(rawValue: expression["operator"]?.string ?? "") else { return nil }
            requirements.append(
                Requirement(
                    key: expression["key"]?.string ?? "", operation: operation,
                    values: expression["values"]?.array?.compactMap(\.string) ?? []))
        }
    }

    /// A plain map, as Services have it.
    package init(labels: JSONObject) {
        requirements = labels.map { Requirement(key: $0.key, operation: .isIn, values: [$0.value.string ?? ""]) }
    }

    package var selectsEverything: Bool { requirements.isEmpty }

    package func matches(_ object: Object) -> Bool {
        requirements.allSatisfy { requirement in
            let value = object.label(requirement.key)
            return switch requirement.operation {
            case .isIn: value.map(requirement.values.contains) ?? false
            case .isNotIn: !(value.map(requirement.values.contains) ?? false)
            case .exists: value != nil
            case .isAbsent: value == nil
            }
        }
    }
}
