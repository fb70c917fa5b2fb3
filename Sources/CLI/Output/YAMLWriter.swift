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
        default: String(decoding: JSONEncoder.encode(value), as: UTF8.self)
        }
    }
}

/// go-yaml's order of keys: runs of digits by their number, letters after everything else.
enum YAMLKeyOrder {
    static func precedes(_ left: String, _ right: String) -> Bool {
        let a = Array(left.unicodeScalars), b = Array(right.unicodeScalars)
        var digits = false
        for index in 0..<min(a.count, b.count) {
            if a[index] == b[index] {
                digits = isDigit(a[index])
                continue
            }
            let (isLetterA, isLetterB) = (a[index].properties.isAlphabetic, b[index].properties.isAlphabetic)
            if isLetterA && isLetterB { return a[index] < b[index] }
            if isLetterA || isLetterB { return digits ? isLetterA : isLetterB }
            return numbersPrecede(a, b, from: index, digits)
        }
        return a.count < b.count
    }

    private static func numbersPrecede(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar], from index: Int, _ digits: Bool) -> Bool {
        var (startA, startB) = (index, index)
        if a[index] == "0" || b[index] == "0" {
            // A zero inside a number: the number continues to the left, unless zeros lead it.
            var before = index - 1
            while before >= 0, isDigit(a[before]) {
                if a[before] != "0" { return numberLength(a, index) < numberLength(b, index) || a[index] < b[index] }
                before -= 1
            }
        }
        let (numberA, numberB) = (number(a, &startA), number(b, &startB))
        if numberA != numberB { return numberA < numberB }
        if startA != startB { return startA < startB }
        return a[index] < b[index]
    }

    private static func number(_ scalars: [Unicode.Scalar], _ index: inout Int) -> UInt64 {
        var value: UInt64 = 0
        while index < scalars.count, isDigit(scalars[index]) {
            value = value &* 10 &+ UInt64(scalars[index].value - 48)
            index += 1
        }
        return value
    }

    private static func numberLength(_ scalars: [Unicode.Scalar], _ start: Int) -> Int {
        scalars[start...].prefix(while: isDigit).count
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }
}
