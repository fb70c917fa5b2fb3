import Objects

extension JSONPath {
    /// Fills the template in. Members that do not exist leave nothing behind.
    func text(_ value: JSON) -> String {
        Self.text(parts, root: value, current: value)
    }

    /// The values that the template's paths lead to.
    func values(_ value: JSON) -> [JSON] {
        parts.flatMap { part in
            if case .path(let steps) = part { Self.follow(steps, from: [value], root: value) } else { [JSON]() }
        }
    }

    private static func text(_ parts: [Part], root: JSON, current: JSON) -> String {
        var result = ""
        for part in parts {
            switch part {
            case .text(let text): result += text
            case .path(let steps):
                result += follow(steps, from: [current], root: root).map(display).joined(separator: " ")
            case .range(let steps, let body):
                for element in follow(steps, from: [current], root: root) {
                    result += text(body, root: root, current: element)
                }
            }
        }
        return result
    }

    /// Strings as they are, everything else as JSON.
    static func display(_ value: JSON) -> String {
        switch value {
        case .string(let text): text
        case .null: ""
        default: PrettyJSON.compact(value)
        }
    }

    private static func follow(_ steps: [Step], from start: [JSON], root: JSON) -> [JSON] {
        var values = start
        for (index, step) in steps.enumerated() {
            if case .descend = step {
                let rest = Array(steps[(index + 1)...])
                return values.flatMap(descendants).flatMap { follow(rest, from: [$0], root: root) }
            }
            values = values.flatMap { take(step, $0, root: root) }
        }
        return values
    }

    private static func descendants(_ value: JSON) -> [JSON] {
        [value] + children(value).flatMap(descendants)
    }

    private static func children(_ value: JSON) -> [JSON] {
        switch value {
        case .array(let elements): elements
        case .object(let object): object.members.map(\.value)
        default: []
        }
    }

    private static func take(_ step: Step, _ value: JSON, root: JSON) -> [JSON] {
        switch step {
        case .root: return [root]
        case .field(let name): return value[name].map { [$0] } ?? []
        case .wildcard: return children(value)
        case .descend: return [value]
        case .index(let index):
            guard let elements = value.array else { return [] }
            let position = index < 0 ? elements.count + index : index
            return elements.indices.contains(position) ? [elements[position]] : []
        case .slice(let from, let to, let step): return slice(value.array ?? [], from, to, step)
        case .union(let paths): return paths.flatMap { follow($0, from: [value], root: root) }
        case .filter(let left, let comparison, let right):
            let elements = value.array ?? [value]
            return elements.filter { holds(left, comparison, right, $0, root) }
        }
    }

    private static func slice(_ elements: [JSON], _ from: Int?, _ to: Int?, _ step: Int?) -> [JSON] {
        func clamp(_ index: Int) -> Int { max(0, min(elements.count, index < 0 ? elements.count + index : index)) }
        let (start, end) = (clamp(from ?? 0), clamp(to ?? elements.count))
        guard start < end else { return [] }
        return stride(from: start, to: end, by: max(1, step ?? 1)).map { elements[$0] }
    }

    private static func holds(
        _ left: Operand, _ comparison: String, _ right: Operand?, _ element: JSON, _ root: JSON
    ) -> Bool {
        let leftValues = values(left, element, root)
        guard let right else { return !leftValues.isEmpty }
        guard let a = leftValues.first, let b = values(right, element, root).first else { return false }
        if let order = order(a, b) {
            switch comparison {
            case "==": return order == 0
            case "!=": return order != 0
            case "<": return order < 0
            case "<=": return order <= 0
            case ">": return order > 0
            default: return order >= 0
            }
        }
        return comparison == "==" ? a == b : comparison == "!=" ? a != b : false
    }

    private static func values(_ operand: Operand, _ element: JSON, _ root: JSON) -> [JSON] {
        switch operand {
        case .path(let steps): follow(steps, from: [element], root: root)
        case .literal(.string(let text)): [.string(text)]
        case .literal(.number(let number)): [.number(number)]
        case .literal(.bool(let flag)): [.bool(flag)]
        }
    }

    /// Negative, zero or positive; nil for values that have no order.
    private static func order(_ a: JSON, _ b: JSON) -> Int? {
        if let a = a.string, let b = b.string { return a == b ? 0 : a < b ? -1 : 1 }
        guard let a = number(a), let b = number(b) else { return nil }
        return a == b ? 0 : a < b ? -1 : 1
    }

    private static func number(_ value: JSON) -> Double? {
        switch value {
        case .integer(let integer): Double(integer)
        case .number(let number): number
        default: nil
        }
    }
}
