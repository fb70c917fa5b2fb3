/// Compact JSON with the escapes of Go's encoding/json (`<`, `>`, `&`, U+2028 and U+2029 are escaped), so that stored
/// bytes are those that kube-apiserver stores.
package struct JSONEncoder {
    package private(set) var bytes: [UInt8] = []

    package init(capacity: Int = 0) { bytes.reserveCapacity(capacity) }

    package static func encode(_ value: JSON) -> [UInt8] {
        var encoder = JSONEncoder(capacity: 1024)
        encoder.append(value)
        return encoder.bytes
    }

    package mutating func append(_ value: JSON) {
        switch value {
        case .null: append(raw: "null")
        case .bool(let flag): append(raw: flag ? "true" : "false")
        case .integer(let integer): append(integer)
        case .number(let number): append(raw: GoFloat.text(number))
        case .string(let text): append(string: text)
        case .array(let elements): append(elements)
        case .object(let object): append(object)
        }
    }

    private mutating func append(_ elements: [JSON]) {
        bytes.append(UInt8(ascii: "["))
        var first = true
        for element in elements {
            if !first { bytes.append(UInt8(ascii: ",")) }
            first = false
            append(element)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    private mutating func append(_ object: JSONObject) {
        bytes.append(UInt8(ascii: "{"))
        var first = true
        for member in object.members {
            if !first { bytes.append(UInt8(ascii: ",")) }
            first = false
            append(string: member.key)
            bytes.append(UInt8(ascii: ":"))
            append(member.value)
        }
        bytes.append(UInt8(ascii: "}"))
    }

    /// Text that is JSON already.
    package mutating func append(raw text: String) { bytes.append(contentsOf: text.utf8) }

    private mutating func append(_ integer: Int64) {
        if (0..<10).contains(integer) {
            bytes.append(UInt8(ascii: "0") + UInt8(integer))
        } else {
            append(raw: String(integer))
        }
    }

    package mutating func append(string text: String) {
        bytes.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { appendEscaped($0) }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func appendEscaped(_ text: UnsafeBufferPointer<UInt8>) {
        var start = 0
        var index = 0
        while index < text.count {
            let byte = text[index]
            guard Self.needsLook[Int(byte)] else {
                index += 1
                continue
            }
            guard let (escape, length) = Self.escape(text, at: index) else {
                index += 1
                continue
            }
            bytes.append(contentsOf: text[start..<index])
            bytes.append(contentsOf: escape.utf8)
            index += length
            start = index
        }
        bytes.append(contentsOf: text[start...])
    }

    private static let needsLook: [Bool] = (0...255).map { byte in
        byte < 0x20 || byte == 0xE2 || [0x22, 0x5C, 0x3C, 0x3E, 0x26].contains(byte)
    }

    private static func escape(_ text: UnsafeBufferPointer<UInt8>, at index: Int) -> (text: String, length: Int)? {
        switch text[index] {
        case 0x22: return ("\\\"", 1)
        case 0x5C: return ("\\\\", 1)
        case 0x08: return ("\\b", 1)
        case 0x09: return ("\\t", 1)
        case 0x0A: return ("\\n", 1)
        case 0x0C: return ("\\f", 1)
        case 0x0D: return ("\\r", 1)
        case 0xE2:
            guard index + 2 < text.count, text[index + 1] == 0x80 else { return nil }
            return text[index + 2] == 0xA8 ? ("\\u2028", 3) : text[index + 2] == 0xA9 ? ("\\u2029", 3) : nil
        case let byte:
            return ("\\u00" + (byte < 16 ? "0" : "") + String(byte, radix: 16), 1)
        }
    }
}

/// Doubles as Go's encoding/json writes them: the shortest digits that read back, an exponent only outside
/// 1e-6 ..< 1e21.
enum GoFloat {
    static func text(_ value: Double) -> String {
        guard value.isFinite else { return "null" }
        if value == 0 { return value.sign == .minus ? "-0" : "0" }
        let (digits, exponent) = shortest(value.magnitude)
        let sign = value < 0 ? "-" : ""
        return sign + (exponent < -6 || exponent >= 21 ? scientific(digits, exponent) : plain(digits, exponent))
    }

    /// Significant digits d1d2d3... and the exponent of d1.d2d3...
    private static func shortest(_ value: Double) -> (digits: [Character], exponent: Int) {
        let parts = "\(value)".split(separator: "e")
        let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        let whole = Array(mantissa[0])
        var digits = whole + (mantissa.count > 1 ? Array(mantissa[1]) : [])
        var exponent = (parts.count > 1 ? Int(parts[1]) ?? 0 : 0) + whole.count - 1
        while digits.count > 1, digits[0] == "0" {
            digits.removeFirst()
            exponent -= 1
        }
        while digits.count > 1, digits.last == "0" { digits.removeLast() }
        return (digits, exponent)
    }

    private static func scientific(_ digits: [Character], _ exponent: Int) -> String {
        let fraction = digits.count > 1 ? "." + String(digits[1...]) : ""
        return "\(digits[0])\(fraction)e\(exponent < 0 ? "-" : "+")\(abs(exponent))"
    }

    private static func plain(_ digits: [Character], _ exponent: Int) -> String {
        if exponent < 0 { return "0." + String(repeating: "0", count: -exponent - 1) + String(digits) }
        if digits.count <= exponent + 1 {
            return String(digits) + String(repeating: "0", count: exponent + 1 - digits.count)
        }
        return String(digits[0...exponent]) + "." + String(digits[(exponent + 1)...])
    }
}
