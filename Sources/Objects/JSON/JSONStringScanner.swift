/// Reads one JSON string whose opening quote has been read.
struct JSONStringScanner {
    let bytes: UnsafeBufferPointer<UInt8>
    var position: Int

    mutating func scan() throws(JSONError) -> String {
        let start = position
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                let text = try decode(UnsafeBufferPointer(rebasing: bytes[start..<position]), at: start)
                position += 1
                return text
            }
            if byte == UInt8(ascii: "\\") { return try scanEscaped(from: start) }
            if byte < 0x20 { throw failure("invalid control character in string literal") }
            position += 1
        }
        throw failure("unexpected end of JSON input")
    }

    /// The slow path: the string has at least one escape.
    private mutating func scanEscaped(from start: Int) throws(JSONError) -> String {
        var buffer = Array(bytes[start..<position])
        while position < bytes.count {
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                let decoded = buffer.withUnsafeBufferPointer { String(validating: $0, as: UTF8.self) }
                guard let decoded else { throw JSONError(offset: start, message: "invalid UTF-8 in string literal") }
                return decoded
            case UInt8(ascii: "\\"):
                position += 1
                try escape(into: &buffer)
            case 0..<0x20:
                throw failure("invalid control character in string literal")
            default:
                buffer.append(byte)
                position += 1
            }
        }
        throw failure("unexpected end of JSON input")
    }

    private mutating func escape(into buffer: inout [UInt8]) throws(JSONError) {
        guard position < bytes.count else { throw failure("unexpected end of JSON input") }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): buffer.append(byte)
        case UInt8(ascii: "b"): buffer.append(0x08)
        case UInt8(ascii: "f"): buffer.append(0x0C)
        case UInt8(ascii: "n"): buffer.append(0x0A)
        case UInt8(ascii: "r"): buffer.append(0x0D)
        case UInt8(ascii: "t"): buffer.append(0x09)
        case UInt8(ascii: "u"): buffer.append(contentsOf: Array(String(Character(try scalar())).utf8))
        default: throw failure("invalid escape in string literal")
        }
    }

    private mutating func scalar() throws(JSONError) -> UnicodeScalar {
        let first = try hex()
        if let scalar = UnicodeScalar(first) { return scalar }
        guard first < 0xDC00, position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
            bytes[position + 1] == UInt8(ascii: "u")
        else { throw failure("lone surrogate in string literal") }
        position += 2
        let second = try hex()
        guard (0xDC00...0xDFFF).contains(second),
            let scalar = UnicodeScalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
        else { throw failure("lone surrogate in string literal") }
        return scalar
    }

    private mutating func hex() throws(JSONError) -> UInt32 {
        guard position + 4 <= bytes.count else { throw failure("unexpected end of JSON input") }
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = hexDigit(bytes[position]) else { throw failure("invalid \\u escape in string literal") }
            value = value << 4 | digit
            position += 1
        }
        return value
    }

    private func hexDigit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }

    private func decode(_ text: UnsafeBufferPointer<UInt8>, at start: Int) throws(JSONError) -> String {
        guard let decoded = String(validating: text, as: UTF8.self) else {
            throw JSONError(offset: start, message: "invalid UTF-8 in string literal")
        }
        return decoded
    }

    private func failure(_ message: String) -> JSONError { JSONError(offset: position, message: message) }
}
