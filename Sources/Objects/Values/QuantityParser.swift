extension Quantity {
    package enum ParseError: Error, Sendable {
        case format, suffix

        /// Upstream's words.
        package var message: String {
            switch self {
            case .format:
                "quantities must match the regular expression "
                    + "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
            case .suffix: "unable to parse quantity's suffix"
            }
        }
    }

    package init?(_ text: String) {
        guard let parsed = try? Quantity(parsing: text) else { return nil }
        self = parsed
    }

    package init(parsing text: String) throws(ParseError) {
        var text = text
        let parts = text.withUTF8 { Parts($0) }
        guard let parts else { throw .format }
        guard let scale = Scale(parts.suffix) else { throw .suffix }
        let magnitude = parts.magnitude(scale)
        var format = scale.format
        // Less than one cannot be shown in units of 1024.
        if format == .binary, magnitude < Quantity.unit, magnitude > 0 { format = .decimal }
        self.init(nanos: parts.negative ? -magnitude : magnitude, format: format)
    }

    /// How upstream shows what a client wrote: it keeps the text where its parser takes it for canonical, which is more
    /// often than it is (`1E3`, `+5Gi`, `1.500`), and writes the canonical form else.
    static func shownText(_ sent: String) throws(ParseError) -> String {
        let start = sent.drop { $0.isWhitespace }
        var text = String(start.reversed().drop { $0.isWhitespace }.reversed())
        let quantity = try Quantity(parsing: text)
        guard let parts = text.withUTF8({ Parts($0) }), let scale = Scale(parts.suffix) else { throw .format }
        return parts.isKept(scale) ? text : quantity.description
    }

    /// What stands after the number, as a power.
    private struct Scale {
        var binary = 0
        var decimal = 0
        var format = Format.decimal

        init?(_ suffix: [UInt8]) {
            switch String(decoding: suffix, as: UTF8.self) {
            case "": break
            case "n": decimal = -9
            case "u": decimal = -6
            case "m": decimal = -3
            case "k": decimal = 3
            case "M": decimal = 6
            case "G": decimal = 9
            case "T": decimal = 12
            case "P": decimal = 15
            case "E": decimal = 18
            case "Ki": (binary, format) = (10, .binary)
            case "Mi": (binary, format) = (20, .binary)
            case "Gi": (binary, format) = (30, .binary)
            case "Ti": (binary, format) = (40, .binary)
            case "Pi": (binary, format) = (50, .binary)
            case "Ei": (binary, format) = (60, .binary)
            case let text:
                guard let first = text.first, first == "e" || first == "E", let exponent = Int(text.dropFirst()),
                    exponent.magnitude < UInt(Int32.max)
                else { return nil }
                (decimal, format) = (exponent, .exponent)
            }
        }
    }

    private struct Parts {
        var negative = false
        var digits: [UInt8] = []
        var fractionDigits = 0
        var suffix: [UInt8] = []

        init?(_ text: UnsafeBufferPointer<UInt8>) {
            var index = 0
            if index < text.count, text[index] == UInt8(ascii: "-") || text[index] == UInt8(ascii: "+") {
                negative = text[index] == UInt8(ascii: "-")
                index += 1
            }
            let start = index
            var point = false
            while index < text.count, Self.isDigit(text[index]) || (!point && text[index] == UInt8(ascii: ".")) {
                if text[index] == UInt8(ascii: ".") {
                    point = true
                } else {
                    digits.append(text[index] - UInt8(ascii: "0"))
                    if point { fractionDigits += 1 }
                }
                index += 1
            }
            if index == start || digits.isEmpty { return nil }
            suffix = Array(text[index...])
            if !Self.isSuffix(suffix) { return nil }
        }

        private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

        /// Letters, then at most one sign, then digits.
        private static func isSuffix(_ suffix: [UInt8]) -> Bool {
            var index = 0
            while index < suffix.count, "eEinumkKMGTP".utf8.contains(suffix[index]) { index += 1 }
            if index < suffix.count, suffix[index] == UInt8(ascii: "-") || suffix[index] == UInt8(ascii: "+") {
                index += 1
            }
            return suffix[index...].allSatisfy(isDigit)
        }

        /// Whether upstream's quick path reads the number and then takes its text for canonical.
        func isKept(_ scale: Scale) -> Bool {
            let whole = digits.dropLast(fractionDigits).drop { $0 == 0 }
            let shifted = (whole.isEmpty ? [0] : Array(whole)) + digits.suffix(fractionDigits)
            let value = shifted.reduce(Int128(0)) { min($0 * 10 + Int128($1), Int128(Int64.max)) }
            if scale.format == .binary {
                let precision = 15 - max(whole.count, 1) - scale.binary * 3 / 10 - 1
                return fractionDigits == 0 && precision >= 0 && value & 7 != 0
            }
            let power = scale.decimal - fractionDigits
            return shifted.count <= 18 && power >= -9 && power % 3 == 0 && shifted[0] != 0
                && shifted.suffix(3) != [0, 0, 0]
        }

        /// Billionths, rounded up and capped.
        func magnitude(_ scale: Scale) -> Int128 {
            let limit = scale.format == .binary ? Quantity.limit : Quantity.widest
            var value: Int128 = 0
            var power = 9 + scale.decimal - fractionDigits
            var inexact = false
            for (offset, digit) in digits.enumerated() {
                if value > limit {
                    power += digits.count - offset
                    break
                }
                value = value * 10 + Int128(digit)
            }
            if value == 0 { return 0 }
            // Binary first: it only makes the value larger, and a fraction may need it to become whole.
            if scale.binary > 0 {
                if value > Int128.max >> Int128(scale.binary + 1) {
                    if power >= 0 { return limit }
                    while power < 0, value > Int128.max >> Int128(scale.binary + 1) {
                        inexact = inexact || value % 10 != 0
                        value /= 10
                        power += 1
                    }
                }
                value <<= Int128(scale.binary)
            }
            while power > 0, value <= limit {
                value *= 10
                power -= 1
            }
            while power < 0, value > 0 {
                inexact = inexact || value % 10 != 0
                value /= 10
                power += 1
            }
            return min(value + (inexact ? 1 : 0), limit)
        }
    }
}
