import Objects

/// What a plain YAML scalar means. These are the rules of the library that kubectl reads manifests with (YAML 1.1 as
/// sigs.k8s.io/yaml has it): `yes` is true, `0644` is octal, `1Gi` and `2001-01-01` are strings.
enum YAMLScalar {
    private static let booleans: [String: Bool] = [
        "y": true, "Y": true, "yes": true, "Yes": true, "YES": true, "true": true, "True": true, "TRUE": true,
        "on": true, "On": true, "ON": true, "n": false, "N": false, "no": false, "No": false, "NO": false,
        "false": false, "False": false, "FALSE": false, "off": false, "Off": false, "OFF": false,
    ]
    private static let nulls: Set = ["", "~", "null", "Null", "NULL"]
    private static let infinities: Set = [".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF"]
    private static let notNumbers: Set = [".nan", ".NaN", ".NAN"]

    /// Nil for numbers that JSON cannot hold (infinities, NaN).
    static func resolve(_ text: String) -> JSON? {
        if nulls.contains(text) { return .null }
        if let flag = booleans[text] { return .bool(flag) }
        if infinities.contains(text) || notNumbers.contains(text) { return nil }
        return number(text) ?? .string(text)
    }

    /// Whether a plain scalar of this text would read as something else than a string.
    static func isAmbiguous(_ text: String) -> Bool {
        guard case .string? = resolve(text) else { return true }
        return isBase60(text) || isTimestamp(text) || text == "<<"
    }

    private static func number(_ text: String) -> JSON? {
        guard let first = text.utf8.first, "+-.0123456789".utf8.contains(first) else { return nil }
        let plain = text.filter { $0 != "_" }
        if let integer = integer(plain) { return .integer(integer) }
        guard looksLikeFloat(plain), let value = Double(plain) else { return nil }
        return .number(value)
    }

    private static func integer(_ text: String) -> Int64? {
        var digits = Substring(text)
        let negative = digits.hasPrefix("-")
        if negative || digits.hasPrefix("+") { digits = digits.dropFirst() }
        guard let first = digits.first, first.isASCII, first.isNumber else { return nil }
        var radix = 10
        for (prefix, base) in [("0x", 16), ("0X", 16), ("0b", 2), ("0B", 2), ("0o", 8), ("0O", 8), ("0", 8)]
        where digits.hasPrefix(prefix) && digits.count > prefix.count {
            radix = base
            digits = digits.dropFirst(prefix.count)
            break
        }
        guard digits.first != "+", digits.first != "-" else { return nil }
        return Int64((negative ? "-" : "") + digits, radix: radix)
    }

    /// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
    private static func looksLikeFloat(_ text: String) -> Bool {
        var rest = text.utf8[...]
        func skipDigits() -> Int {
            let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            rest = rest.dropFirst(digits.count)
            return digits.count
        }
        func skip(_ characters: String) -> Bool {
            guard let first = rest.first, characters.utf8.contains(first) else { return false }
            rest = rest.dropFirst()
            return true
        }
        _ = skip("+-")
        let whole = skipDigits()
        let fraction = skip(".") ? skipDigits() : 0
        guard whole + fraction > 0 else { return false }
        if skip("eE") {
            _ = skip("+-")
            guard skipDigits() > 0 else { return false }
        }
        return rest.isEmpty
    }

    /// `190:20:30` is a number in YAML 1.1, so other readers need it quoted.
    private static func isBase60(_ text: String) -> Bool {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count > 1, let first = parts.first?.first, first.isNumber || "+-".contains(first) else {
            return false
        }
        return parts.allSatisfy { !$0.isEmpty && $0.allSatisfy { $0.isNumber || "+-_.".contains($0) } }
    }

    /// `2001-01-01` and `2001-01-01T00:00:00Z`: dates to other readers.
    private static func isTimestamp(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        func digit(_ index: Int) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[index]) }
        guard bytes.count >= 8, (0..<4).allSatisfy(digit), bytes[4] == UInt8(ascii: "-") else { return false }
        let parts = text.split(whereSeparator: { $0 == "T" || $0 == "t" || $0 == " " })
        let date = parts[0].split(separator: "-", omittingEmptySubsequences: false)
        guard date.count == 3, date.allSatisfy({ (1...4).contains($0.count) && $0.allSatisfy(\.isNumber) }) else {
            return false
        }
        return parts.count == 1 || parts[1].contains(":")
    }
}
