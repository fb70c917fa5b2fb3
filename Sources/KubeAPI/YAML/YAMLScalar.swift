import Glibc
import Objects

/// What a plain scalar means (YAML 1.1 as go-yaml v2 reads it, which kube-apiserver uses).
enum YAMLScalar {
    private static let nulls: Set = ["", "~", "null", "Null", "NULL"]
    private static let truths: Set = [
        "true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON", "y", "Y",
    ]
    private static let falsehoods: Set = [
        "false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF", "n", "N",
    ]
    private static let notFinite: Set = [
        ".nan", ".NaN", ".NAN", ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF",
    ]

    static func resolve(_ text: String, line: Int) throws(YAMLError) -> JSON {
        if nulls.contains(text) { return .null }
        if truths.contains(text) { return .bool(true) }
        if falsehoods.contains(text) { return .bool(false) }
        if notFinite.contains(text) { throw YAMLError(line: line, message: "\(text) has no place in JSON") }
        guard let first = text.utf8.first, "0123456789+-.".utf8.contains(first) else { return .string(text) }
        let digits = text.filter { $0 != "_" }
        if let integer = integer(digits) { return .integer(integer) }
        if isFloat(digits), let number = Double(digits.hasPrefix("+") ? String(digits.dropFirst()) : digits) {
            return .number(number)
        }
        return .string(text)
    }

    /// A key is always text; `1` and `true` keep their spelling as JSON has it.
    static func key(_ text: String, _ line: Int) throws(YAMLError) -> String {
        let value = try resolve(text, line: line)
        if case .string(let text) = value { return text }
        return String(decoding: JSONEncoder.encode(value), as: UTF8.self)
    }

    /// Go's `strconv.ParseInt(text, 0, 64)`: `12`, `-0x1f`, `0b101`, `0o17`, `017`.
    private static func integer(_ text: String) -> Int64? {
        let isNegative = text.hasPrefix("-")
        let body = isNegative || text.hasPrefix("+") ? text.dropFirst() : text[...]
        let sign = isNegative ? "-" : ""
        guard let first = body.utf8.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else { return nil }
        for (prefix, radix) in [("0x", 16), ("0X", 16), ("0b", 2), ("0B", 2), ("0o", 8), ("0O", 8)]
        where body.hasPrefix(prefix) {
            let rest = body.dropFirst(2)
            return rest.hasPrefix("+") || rest.hasPrefix("-") ? nil : Int64(sign + rest, radix: radix)
        }
        if first == UInt8(ascii: "0"), body.utf8.count > 1 { return Int64(sign + body, radix: 8) }
        return Int64(sign + body)
    }

    /// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
    private static func isFloat(_ text: String) -> Bool {
        var rest = text.utf8[...]
        func skipDigits() -> Int {
            let count = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.count
            rest = rest.dropFirst(count)
            return count
        }
        if let sign = rest.first, "+-".utf8.contains(sign) { rest = rest.dropFirst() }
        let whole = skipDigits()
        var fraction = 0
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            fraction = skipDigits()
        }
        guard whole + fraction > 0 else { return false }
        if let mark = rest.first, "eE".utf8.contains(mark) {
            rest = rest.dropFirst()
            if let sign = rest.first, "+-".utf8.contains(sign) { rest = rest.dropFirst() }
            if skipDigits() == 0 { return false }
        }
        return rest.isEmpty
    }
}
