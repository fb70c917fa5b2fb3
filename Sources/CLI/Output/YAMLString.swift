/// How a string is written in YAML. The choices are go-yaml v2's and libyaml's emitter's: literal blocks for several
/// lines, else plain, else single quotes, else double quotes; long lines break at spaces after column 80.
enum YAMLString {
    private static let bestWidth = 80

    /// - Parameters:
    ///   - column: where the value begins.
    ///   - indent: that of the mapping or the list it belongs to.
    static func text(_ string: String, column: Int, indent: Int) -> String {
        let traits = Traits(string)
        if string.contains("\n"), traits.allowsBlock { return literal(string, indent: indent + 2) }
        return flow(string, column: column, indent: indent, isKey: false, traits)
    }

    static func flow(_ string: String, column: Int, indent: Int, isKey: Bool) -> String {
        flow(string, column: column, indent: indent, isKey: isKey, Traits(string))
    }

    private static func flow(_ string: String, column: Int, indent: Int, isKey: Bool, _ traits: Traits) -> String {
        if string.contains("\n") || YAMLScalar.isAmbiguous(string) || traits.needsDoubleQuotes {
            return double(string, column: column, indent: indent + 2, breaks: !isKey)
        }
        if traits.allowsPlain { return folded(string, column: column, indent: indent + 2, breaks: !isKey) }
        let escaped = string.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''")
        return "'" + folded(escaped, column: column + 1, indent: indent + 2, breaks: !isKey) + "'"
    }

    /// Breaks at single spaces once a line is longer than the best width.
    private static func folded(_ string: String, column: Int, indent: Int, breaks: Bool) -> String {
        guard breaks, column + string.count > bestWidth else { return string }
        let characters = Array(string)
        var (text, column) = ("", column)
        for (index, character) in characters.enumerated() {
            let isBreak =
                character == " " && column > bestWidth && index > 0 && index < characters.count - 1
                && characters[index - 1] != " " && characters[index + 1] != " "
            if isBreak {
                text += "\n" + String(repeating: " ", count: indent)
                column = indent
            } else {
                text.append(character)
                column += 1
            }
        }
        return text
    }

    private static func literal(_ string: String, indent: Int) -> String {
        let margin = String(repeating: " ", count: indent)
        let startsWithSpace = string.first == " " || string.first == "\n"
        var lines = string.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        var chomping = "-"
        if lines.last == "" {
            lines.removeLast()
            chomping = lines.last == "" || lines.isEmpty ? "+" : ""
        }
        let body = lines.map { $0.isEmpty ? "" : margin + $0 }.joined(separator: "\n")
        return "|" + (startsWithSpace ? "2" : "") + chomping + "\n" + body
    }

    private static func double(_ string: String, column: Int, indent: Int, breaks: Bool) -> String {
        let scalars = Array(string.unicodeScalars)
        var (text, column) = ("\"", column + 1)
        var afterSpace = false
        for (index, scalar) in scalars.enumerated() {
            let isInside = index > 0 && index < scalars.count - 1
            if scalar == " ", breaks, !afterSpace, column > bestWidth, isInside {
                text += "\n" + String(repeating: " ", count: indent)
                column = indent
                if scalars[index + 1] == " " {
                    text += "\\"
                    column += 1
                }
                afterSpace = true
                continue
            }
            let escaped = escape(scalar)
            text += escaped
            column += escaped.count
            afterSpace = scalar == " "
        }
        return text + "\""
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\"": return "\\\""
        case "\\": return "\\\\"
        case "\0": return "\\0"
        case "\u{07}": return "\\a"
        case "\u{08}": return "\\b"
        case "\t": return "\\t"
        case "\n": return "\\n"
        case "\u{0B}": return "\\v"
        case "\u{0C}": return "\\f"
        case "\r": return "\\r"
        case "\u{1B}": return "\\e"
        case "\u{85}": return "\\N"
        case "\u{A0}": return "\\_"
        case "\u{2028}": return "\\L"
        case "\u{2029}": return "\\P"
        default:
            guard !Traits.isPrintable(scalar) else { return String(scalar) }
            let digits = String(scalar.value, radix: 16, uppercase: true)
            let (mark, width) = scalar.value < 0x100 ? ("x", 2) : scalar.value < 0x10000 ? ("u", 4) : ("U", 8)
            return "\\" + mark + String(repeating: "0", count: width - digits.count) + digits
        }
    }

    /// What libyaml's analysis of a scalar finds.
    private struct Traits {
        var allowsPlain = true
        var allowsBlock = true
        var needsDoubleQuotes = false

        init(_ string: String) {
            let scalars = Array(string.unicodeScalars)
            guard let first = scalars.first, let last = scalars.last else {
                allowsPlain = false
                allowsBlock = false
                return
            }
            if string.hasPrefix("---") || string.hasPrefix("...") { allowsPlain = false }
            if first == " " || last == " " || first == "\n" || last == "\n" { allowsPlain = false }
            if last == " " { allowsBlock = false }
            for (index, scalar) in scalars.enumerated() {
                let next = index + 1 < scalars.count ? scalars[index + 1] : " "
                look(at: scalar, next: next, previous: index > 0 ? scalars[index - 1] : nil)
            }
        }

        private mutating func look(at scalar: Unicode.Scalar, next: Unicode.Scalar, previous: Unicode.Scalar?) {
            let nextIsBlank = next == " " || next == "\t" || next == "\n"
            if previous == nil {
                if "#,[]{}&*!|>'\"%@`".unicodeScalars.contains(scalar) { allowsPlain = false }
                if "?:-".unicodeScalars.contains(scalar), nextIsBlank { allowsPlain = false }
            } else {
                if scalar == ":", nextIsBlank { allowsPlain = false }
                if scalar == "#", previous == " " || previous == "\t" || previous == "\n" { allowsPlain = false }
            }
            if scalar == "\n" {
                if previous == " " { (allowsBlock, allowsPlain) = (false, false) }
            } else if scalar == "\t" || !Self.isPrintable(scalar) {
                (allowsBlock, allowsPlain, needsDoubleQuotes) = (false, false, true)
            }
        }

        static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
            switch scalar.value {
            case 0x20...0x7E, 0xA1...0x2027, 0x202A...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD: true
            default: false
            }
        }
    }
}
