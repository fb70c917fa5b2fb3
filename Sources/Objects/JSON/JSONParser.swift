/// RFC 8259 over UTF-8 bytes, strictly: no comments, no trailing commas, no NaN, no lone surrogates, no invalid UTF-8,
/// nothing after the value. Time is linear in the number of bytes whatever they are.
package struct JSONParser {
    /// Deeper than any Kubernetes body (managedFields of a pod nest about 20 levels), shallow enough for any thread's
    /// stack.
    package static let maximumDepth = 256
    /// An answer that lists more duplicates than this helps nobody, and their paths could outgrow the body.
    package static let maximumDuplicates = 32

    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0
    private var depth = 0
    private var duplicates: [String] = []

    /// A parsed document. Of a duplicate member the last value counts, as in Go; `duplicates` holds the paths of
    /// the first 32 (`data.k`, `spec.containers[0].image`).
    package struct Document: Sendable {
        package var value: JSON
        package var duplicates: [String]
    }

    package static func parse(_ bytes: [UInt8]) throws(JSONError) -> JSON { try document(bytes).value }

    package static func parse(_ text: String) throws(JSONError) -> JSON { try parse(Array(text.utf8)) }

    package static func document(_ bytes: [UInt8]) throws(JSONError) -> Document {
        let result = bytes.withUnsafeBufferPointer { document($0) }
        return try result.get()
    }

    /// `bytes` need only stay valid for the call.
    package static func document(_ bytes: UnsafeBufferPointer<UInt8>) -> Result<Document, JSONError> {
        var parser = JSONParser(bytes: bytes)
        do throws(JSONError) {
            return .success(try parser.document())
        } catch {
            return .failure(error)
        }
    }

    private init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    private mutating func document() throws(JSONError) -> Document {
        skipSpace()
        let root = try value()
        skipSpace()
        if position < bytes.count { throw failure("unexpected \(shown(position)) after the top-level value") }
        return Document(value: root, duplicates: duplicates)
    }
}

// MARK: Values

extension JSONParser {
    private mutating func value() throws(JSONError) -> JSON {
        guard position < bytes.count else { throw failure("unexpected end of JSON input") }
        switch bytes[position] {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: throw failure("invalid character \(shown(position)) looking for beginning of value")
        }
    }

    private mutating func literal(_ text: StaticString, _ value: JSON) throws(JSONError) -> JSON {
        let end = position + text.utf8CodeUnitCount
        guard end <= bytes.count else { throw failure("unexpected end of JSON input") }
        for offset in 0..<text.utf8CodeUnitCount where bytes[position + offset] != text.utf8Start[offset] {
            throw failure("invalid character \(shown(position + offset)) in literal \(text)")
        }
        position = end
        return value
    }

    private mutating func enter() throws(JSONError) {
        depth += 1
        if depth > Self.maximumDepth { throw failure("exceeded max depth \(Self.maximumDepth)") }
        position += 1
        skipSpace()
    }

    private mutating func array() throws(JSONError) -> JSON {
        try enter()
        defer { depth -= 1 }
        var elements: [JSON] = []
        if consume(UInt8(ascii: "]")) { return .array(elements) }
        while true {
            let known = duplicates.count
            elements.append(try value())
            if duplicates.count > known { prefixDuplicates(from: known, "[\(elements.count - 1)]") }
            skipSpace()
            if consume(UInt8(ascii: ",")) {
                skipSpace()
            } else if consume(UInt8(ascii: "]")) {
                return .array(elements)
            } else {
                throw unexpected("after array element")
            }
        }
    }

    private mutating func object() throws(JSONError) -> JSON {
        try enter()
        defer { depth -= 1 }
        var members = MemberCollector()
        if consume(UInt8(ascii: "}")) { return .object(JSONObject()) }
        while true {
            guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
                throw unexpected("looking for beginning of object key string")
            }
            let key = try string()
            skipSpace()
            guard consume(UInt8(ascii: ":")) else { throw unexpected("after object key") }
            skipSpace()
            let known = duplicates.count
            let child = try value()
            if duplicates.count > known { prefixDuplicates(from: known, key) }
            if members.set(key, child), duplicates.count < Self.maximumDuplicates {
                duplicates.append(key.cut(to: FieldPath.maximumLength))
            }
            skipSpace()
            if consume(UInt8(ascii: ",")) {
                skipSpace()
            } else if consume(UInt8(ascii: "}")) {
                return .object(JSONObject(members.members))
            } else {
                throw unexpected("after object key:value pair")
            }
        }
    }

    private mutating func prefixDuplicates(from index: Int, _ prefix: String) {
        for index in index..<duplicates.count {
            duplicates[index] = FieldPath.joined(prefix, duplicates[index])
        }
    }

    private mutating func string() throws(JSONError) -> String {
        var scanner = JSONStringScanner(bytes: bytes, position: position + 1)
        let text = try scanner.scan()
        position = scanner.position
        return text
    }

    private mutating func number() throws(JSONError) -> JSON {
        var scanner = JSONNumberScanner(bytes: bytes, position: position)
        let value = try scanner.scan()
        position = scanner.position
        return value
    }
}

// MARK: Bytes

extension JSONParser {
    private mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    private mutating func consume(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private func shown(_ index: Int) -> String {
        let byte = bytes[index]
        return byte >= 0x20 && byte < 0x7F
            ? "'\(Character(UnicodeScalar(byte)))'" : "byte 0x" + String(byte, radix: 16)
    }

    private func failure(_ message: String) -> JSONError { JSONError(offset: position, message: message) }

    private func unexpected(_ context: String) -> JSONError {
        position < bytes.count
            ? failure("invalid character \(shown(position)) \(context)") : failure("unexpected end of JSON input")
    }
}
