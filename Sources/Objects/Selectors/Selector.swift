/// Which labels an object must have: parsed from a query (`app in (a,b),!canary`) or from a `LabelSelector`
/// (https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/).
package struct Selector: Sendable, Hashable {
    package enum Operation: String, Sendable {
        case equals = "="
        case notEquals = "!="
        case isIn = "in"
        case isNotIn = "notin"
        case exists
        case isAbsent = "!"
        case greaterThan = ">"
        case lessThan = "<"
    }

    package struct Requirement: Sendable, Hashable {
        package var key: String
        package var operation: Operation
        package var values: [String]

        package init(_ key: String, _ operation: Operation, _ values: [String] = []) {
            self.key = key
            self.operation = operation
            self.values = values
        }

        package func matches(_ value: String?) -> Bool {
            switch operation {
            case .equals, .isIn: value.map(values.contains) ?? false
            case .notEquals, .isNotIn: !(value.map(values.contains) ?? false)
            case .exists: value != nil
            case .isAbsent: value == nil
            case .greaterThan: compare(value) { $0 > $1 }
            case .lessThan: compare(value) { $0 < $1 }
            }
        }

        private func compare(_ value: String?, _ holds: (Int64, Int64) -> Bool) -> Bool {
            guard let left = value.flatMap({ Int64($0) }), let right = values.first.flatMap({ Int64($0) }) else {
                return false
            }
            return holds(left, right)
        }
    }

    package var requirements: [Requirement]

    package init(_ requirements: [Requirement] = []) { self.requirements = requirements }

    package var selectsEverything: Bool { requirements.isEmpty }

    package func matches(_ labels: [String: String]) -> Bool {
        requirements.allSatisfy { $0.matches(labels[$0.key]) }
    }

    package func matches(_ object: Object) -> Bool {
        if requirements.isEmpty { return true }
        let labels = object.json.at("metadata", "labels")
        return requirements.allSatisfy { $0.matches(labels?[$0.key]?.string) }
    }
}

extension Selector {
    /// A `LabelSelector`: an empty one selects everything, none selects nothing, which the caller decides. nil if an
    /// operator is unknown or has the wrong number of values.
    package init?(labelSelector json: JSON) {
        requirements = (json["matchLabels"]?.object ?? JSONObject()).map {
            Requirement($0.key, .equals, [$0.value.string ?? ""])
        }
        for expression in json["matchExpressions"]?.array ?? [] {
            let values = expression["values"]?.array?.compactMap(\.string) ?? []
            let operation: Operation
            switch expression["operator"]?.string {
            case "In": operation = .isIn
            case "NotIn": operation = .isNotIn
            case "Exists": operation = .exists
            case "DoesNotExist": operation = .isAbsent
            default: return nil
            }
            let needsValues = operation == .isIn || operation == .isNotIn
            if needsValues == values.isEmpty { return nil }
            requirements.append(Requirement(expression["key"]?.string ?? "", operation, values))
        }
    }

    /// A plain map of labels, as Services select pods.
    package init(labels: JSON?) {
        requirements = (labels?.object ?? JSONObject()).map { Requirement($0.key, .equals, [$0.value.string ?? ""]) }
    }
}
