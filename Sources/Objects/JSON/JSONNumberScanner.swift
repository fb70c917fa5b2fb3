/// Reads one JSON number. Integers that fit stay exact; everything else becomes a double, as in Kubernetes'
/// own decoder for untyped values.
struct JSONNumberScanner {
    let bytes: UnsafeBufferPointer<UInt8>
    var position: Int

    mutating func scan() throws(JSONError) -> JSON {
        let start = position
        let negative = consume(UInt8(ascii: "-"))
        let leading = position
        var magnitude: UInt64 = 0
        var overflow = false
        while let digit = digit() {
            let (product, high) = magnitude.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(UInt64(digit))
            overflow = overflow || high || carry
            magnitude = sum
        }
        let count = position - leading
        if count == 0 { throw failure("invalid character in numeric literal") }
        if count > 1, bytes[leading] == UInt8(ascii: "0") { throw failure("leading zero in numeric literal") }
        let integral = try !skipFraction()
        if integral, !overflow, let value = signed(magnitude, negative) { return .integer(value) }
        return .number(try double(from: start))
    }

    private func signed(_ magnitude: UInt64, _ negative: Bool) -> Int64? {
        if !negative { return Int64(exactly: magnitude) }
        return magnitude == UInt64(Int64.max) + 1 ? Int64.min : Int64(exactly: magnitude).map { -$0 }
    }

    /// True if there was a fraction or an exponent.
    private mutating func skipFraction() throws(JSONError) -> Bool {
        var found = false
        if consume(UInt8(ascii: ".")) {
            found = true
            try skipDigits()
        }
        if consume(UInt8(ascii: "e")) || consume(UInt8(ascii: "E")) {
            found = true
            if !consume(UInt8(ascii: "+")) { _ = consume(UInt8(ascii: "-")) }
            try skipDigits()
        }
        return found
    }

    private mutating func skipDigits() throws(JSONError) {
        guard digit() != nil else { throw failure("invalid character in numeric literal") }
        while digit() != nil {}
    }

    private mutating func digit() -> UInt8? {
        guard position < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) else {
            return nil
        }
        defer { position += 1 }
        return bytes[position] - UInt8(ascii: "0")
    }

    private mutating func consume(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private func double(from start: Int) throws(JSONError) -> Double {
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        guard let value = Double(text), value.isFinite else {
            throw JSONError(offset: start, message: "number \(text) out of range")
        }
        return value
    }

    private func failure(_ message: String) -> JSONError { JSONError(offset: position, message: message) }
}
