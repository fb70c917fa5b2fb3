/// A template of kubectl's JSONPath (https://kubernetes.io/docs/reference/kubectl/jsonpath/).
struct JSONPath: Sendable, Hashable {
    indirect enum Part: Sendable, Hashable {
        case text(String)
        case path([Step])
        /// `{range PATH}...{end}`
        case range([Step], body: [Part])
    }

    indirect enum Step: Sendable, Hashable {
        case root
        case field(String)
        case wildcard
        case descend
        case index(Int)
        case slice(from: Int?, to: Int?, step: Int?)
        case union([[Step]])
        case filter(left: Operand, comparison: String, right: Operand?)
    }

    enum Operand: Sendable, Hashable {
        case path([Step])
        case literal(Literal)
    }

    enum Literal: Sendable, Hashable {
        case string(String)
        case number(Double)
        case bool(Bool)
    }

    var parts: [Part]
}

struct JSONPathError: Error, CustomStringConvertible {
    var description: String
}

extension JSONPath {
    /// A whole template: text with expressions in braces.
    init(template: String) throws(JSONPathError) {
        var parser = JSONPathParser(template)
        parts = try parser.parts(insideRange: false)
    }

    /// One path as `custom-columns` and `wait` take it: braces and the leading dot may be missing.
    init(relaxed text: String) throws(JSONPathError) {
        var inner = text[...]
        if inner.hasPrefix("{") && inner.hasSuffix("}") { inner = inner.dropFirst().dropLast() }
        guard !inner.isEmpty else { throw JSONPathError(description: "an empty path") }
        if !inner.hasPrefix(".") && !inner.hasPrefix("[") && !inner.hasPrefix("$") && !inner.hasPrefix("@") {
            inner = "." + inner
        }
        try self.init(template: "{" + inner + "}")
    }
}

/// Recursive descent over the template's characters.
struct JSONPathParser {
    private let characters: [Character]
    private var index = 0
    private static let nameEnds: Set<Character> = [
        ".", "[", "]", "}", "{", " ", "\t", "\n", ",", ")", "(", "=", "!", "<", ">",
    ]

    init(_ text: String) { characters = Array(text) }

    private var next: Character? { index < characters.count ? characters[index] : nil }

    private func fail(_ what: String) -> JSONPathError {
        JSONPathError(description: "jsonpath: \(what) at character \(index + 1)")
    }

    private mutating func take(_ text: String) -> Bool {
        guard characters[index...].starts(with: text) else { return false }
        index += text.count
        return true
    }

    private mutating func skipSpaces() { while let next, next.isWhitespace { index += 1 } }

    mutating func parts(insideRange: Bool) throws(JSONPathError) -> [JSONPath.Part] {
        var parts: [JSONPath.Part] = []
        var text = ""
        while let next {
            guard next == "{" else {
                text.append(next)
                index += 1
                continue
            }
            if !text.isEmpty { parts.append(.text(text)) }
            text = ""
            index += 1
            skipSpaces()
            if take("end") {
                try close()
                guard insideRange else { throw fail("{end} without {range}") }
                return parts
            }
            parts.append(try expression())
        }
        if !text.isEmpty { parts.append(.text(text)) }
        guard !insideRange else { throw fail("{range} without {end}") }
        return parts
    }

    /// What stands between braces; the opening one is read.
    private mutating func expression() throws(JSONPathError) -> JSONPath.Part {
        if let next, next == "\"" || next == "'" {
            let text = try quoted()
            try close()
            return .text(text)
        }
        if take("range") {
            skipSpaces()
            let steps = try path()
            try close()
            return .range(steps, body: try parts(insideRange: true))
        }
        let steps = try path()
        try close()
        return .path(steps)
    }

    private mutating func close() throws(JSONPathError) {
        skipSpaces()
        guard take("}") else { throw fail("expected }") }
    }

    /// A path up to the character that ends it.
    mutating func path() throws(JSONPathError) -> [JSONPath.Step] {
        var steps: [JSONPath.Step] = []
        while let next {
            switch next {
            case "$", "@":
                index += 1
                if next == "$" { steps.append(.root) }
            case ".":
                index += 1
                if take(".") { steps.append(.descend) }
                if self.next == "*" {
                    index += 1
                    steps.append(.wildcard)
                } else if let name = name() {
                    steps.append(.field(name))
                }
            case "[":
                steps.append(try brackets())
            case "*":
                index += 1
                steps.append(.wildcard)
            default:
                guard steps.isEmpty || steps.last == .descend, let name = name() else { return steps }
                steps.append(.field(name))
            }
        }
        return steps
    }

    /// A member's name; `\.` stands for a dot in it.
    private mutating func name() -> String? {
        var name = ""
        while let next, !Self.nameEnds.contains(next) {
            index += 1
            if next == "\\", let escaped = self.next {
                index += 1
                name.append(escaped)
            } else {
                name.append(next)
            }
        }
        return name.isEmpty ? nil : name
    }

    private mutating func brackets() throws(JSONPathError) -> JSONPath.Step {
        index += 1
        if take("?(") { return try filter() }
        var entries: [JSONPath.Step] = []
        repeat { entries.append(try entry()) } while take(",")
        guard take("]") else { throw fail("expected ]") }
        return entries.count == 1 ? entries[0] : .union(entries.map { [$0] })
    }

    private mutating func entry() throws(JSONPathError) -> JSONPath.Step {
        skipSpaces()
        defer { skipSpaces() }
        if let next, next == "'" || next == "\"" { return .field(try quoted()) }
        if take("*") { return .wildcard }
        var numbers: [Int?] = [integer()]
        while take(":") { numbers.append(integer()) }
        if numbers.count == 1, let only = numbers[0] { return .index(only) }
        guard (2...3).contains(numbers.count) else { throw fail("expected an index") }
        return .slice(from: numbers[0], to: numbers[1], step: numbers.count == 3 ? numbers[2] : nil)
    }

    private mutating func integer() -> Int? {
        var digits = ""
        while let next, next.isNumber || (digits.isEmpty && next == "-") {
            digits.append(next)
            index += 1
        }
        return Int(digits)
    }

    private mutating func filter() throws(JSONPathError) -> JSONPath.Step {
        let left = try operand()
        skipSpaces()
        if take(")]") { return .filter(left: left, comparison: "", right: nil) }
        guard let comparison = ["==", "!=", "<=", ">=", "<", ">"].first(where: { take($0) }) else {
            throw fail("expected a comparison")
        }
        let right = try operand()
        skipSpaces()
        guard take(")]") else { throw fail("expected )]") }
        return .filter(left: left, comparison: comparison, right: right)
    }

    private mutating func operand() throws(JSONPathError) -> JSONPath.Operand {
        skipSpaces()
        guard let next else { throw fail("expected a value") }
        if next == "'" || next == "\"" { return .literal(.string(try quoted())) }
        if next == "@" || next == "$" || next == "." { return .path(try path()) }
        var word = ""
        while let next = self.next, !next.isWhitespace, !")=!<>".contains(next) {
            word.append(next)
            index += 1
        }
        if word == "true" || word == "false" { return .literal(.bool(word == "true")) }
        guard let number = Double(word) else { throw fail("'\(word)' is no value (strings are quoted)") }
        return .literal(.number(number))
    }

    private mutating func quoted() throws(JSONPathError) -> String {
        guard let quote = next else { throw fail("expected a string") }
        index += 1
        var text = ""
        while let next, next != quote {
            index += 1
            guard next == "\\", let escaped = self.next else {
                text.append(next)
                continue
            }
            index += 1
            text.append(escaped == "n" ? "\n" : escaped == "t" ? "\t" : escaped == "r" ? "\r" : escaped)
        }
        guard next == quote else { throw fail("a string without its end") }
        index += 1
        return text
    }
}
