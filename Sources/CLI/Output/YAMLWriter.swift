import Objects

/// YAML as kubectl prints it (sigs.k8s.io/yaml on go-yaml v2): keys sorted, lists not indented below their key, plain
/// strings where they read back as strings.
struct YAMLWriter {
    private var text = ""

    static func text(_ value: JSON) -> String {
        var writer = YAMLWriter()
        switch value {
        case .object(let object) where !object.isEmpty: writer.append(object, indent: 0, continuesLine: false)
        case .array(let elements) where !elements.isEmpty: writer.append(elements, indent: 0)
        default: writer.text = writer.inline(value, indent: 0, column: 0) + "\n"
        }
        return writer.text
    }

    /// - Parameter continuesLine: the first member stands behind a list's dash.
    private mutating func append(_ object: JSONObject, indent: Int, continuesLine: Bool) {
        let margin = String(repeating: " ", count: indent)
        let members = object.members.sorted { YAMLKeyOrder.precedes($0.key, $1.key) }
        for (index, member) in members.enumerated() {
            let key = YAMLString.flow(member.key, column: indent, indent: indent, isKey: true)
            text += (index == 0 && continuesLine ? "" : margin) + key + ":"
            switch member.value {
            case .object(let child) where !child.isEmpty:
                text += "\n"
                append(child, indent: indent + 2, continuesLine: false)
            case .array(let elements) where !elements.isEmpty:
                text += "\n"
                append(elements, indent: indent)
            default:
                text += " " + inline(member.value, indent: indent, column: indent + key.count + 2) + "\n"
            }
        }
    }

    private mutating func append(_ elements: [JSON], indent: Int) {
        let margin = String(repeating: " ", count: indent)
        for element in elements {
            text += margin + "- "
            switch element {
            case .object(let child) where !child.isEmpty: append(child, indent: indent + 2, continuesLine: true)
            case .array(let children) where !children.isEmpty: appendNested(children, indent: indent + 2)
            default: text += inline(element, indent: indent, column: indent + 2) + "\n"
            }
        }
    }

    /// A list in a list begins behind its dash.
    private mutating func appendNested(_ elements: [JSON], indent: Int) {
        let start = text.endIndex
        append(elements, indent: indent)
        text.removeSubrange(start..<text.index(start, offsetBy: indent))
    }

    private func inline(_ value: JSON, indent: Int, column: Int) -> String {
        switch value {
        case .string(let string): YAMLString.text(string, column: column, indent: indent)
        case .array: "[]"
        case .object: "{}"
        case .number: Self.number(String(decoding: JSONEncoder.encode(value), as: UTF8.self))
        default: String(decoding: JSONEncoder.encode(value), as: UTF8.self)
        }
    }

    /// Go's exponents have two digits at least.
    private static func number(_ text: String) -> String {
        guard let exponent = text.lastIndex(where: { $0 == "-" || $0 == "+" }), exponent > text.startIndex,
            text[exponent...].count == 2
        else { return text }
        return text[...exponent] + "0" + text[exponent...].dropFirst()
    }
}

/// go-yaml's order of keys: runs of digits by their number, letters after everything else.
enum YAMLKeyOrder {
    static func precedes(_ left: String, _ right: String) -> Bool {
        let a = Array(left.unicodeScalars), b = Array(right.unicodeScalars)
        for index in 0..<min(a.count, b.count) {
            if a[index] == b[index] { continue }
            let (isLetterA, isLetterB) = (a[index].properties.isAlphabetic, b[index].properties.isAlphabetic)
            if isLetterA && isLetterB { return a[index] < b[index] }
            if isLetterA || isLetterB { return isLetterB }
            return numbersPrecede(a, b, from: index)
        }
        return a.count < b.count
    }

    private static func numbersPrecede(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar], from index: Int) -> Bool {
        // A zero inside a number counts with a digit before it, so that 1 < 10 and a01 < a1.
        let isInside =
            (a[index] == "0" || b[index] == "0") && a[..<index].reversed().prefix(while: isDigit).contains { $0 != "0" }
        let (numberA, endA) = number(a, index, leading: isInside)
        let (numberB, endB) = number(b, index, leading: isInside)
        if numberA != numberB { return numberA < numberB }
        if endA != endB { return endA < endB }
        return a[index] < b[index]
    }

    private static func number(_ scalars: [Unicode.Scalar], _ start: Int, leading: Bool) -> (value: Int64, end: Int) {
        let digits = scalars[start...].prefix(while: isDigit)
        let value = digits.reduce(leading ? 1 : 0) { $0 &* 10 &+ Int64($1.value - 48) }
        return (value, digits.endIndex)
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }
}
