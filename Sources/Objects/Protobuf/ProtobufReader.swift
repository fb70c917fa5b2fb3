/// The wire format of protocol buffers, reading.
struct ProtobufReader {
    enum WireType: UInt64 {
        case varint = 0
        case fixed64 = 1
        case bytes = 2
        case fixed32 = 5
    }

    struct Malformed: Error {
        var message: String
    }

    private let bytes: ArraySlice<UInt8>
    private var position: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    var isAtEnd: Bool { position >= bytes.endIndex }

    /// The next field's number and type.
    mutating func key() throws(Malformed) -> (number: Int, type: WireType) {
        let key = try varint()
        guard let type = WireType(rawValue: key & 7), key >> 3 > 0, key >> 3 < 1 << 29 else {
            throw Malformed(message: "proto: illegal tag \(key)")
        }
        return (Int(key >> 3), type)
    }

    mutating func varint() throws(Malformed) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while position < bytes.endIndex, shift < 64 {
            let byte = bytes[position]
            position += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        throw Malformed(message: shift >= 64 ? "proto: integer overflow" : "unexpected EOF")
    }

    mutating func message() throws(Malformed) -> ArraySlice<UInt8> {
        let length = try varint()
        guard length <= UInt64(bytes.endIndex - position) else { throw Malformed(message: "unexpected EOF") }
        defer { position += Int(length) }
        return bytes[position..<position + Int(length)]
    }

    mutating func fixed64() throws(Malformed) -> UInt64 {
        guard bytes.endIndex - position >= 8 else { throw Malformed(message: "unexpected EOF") }
        defer { position += 8 }
        return (0..<8).reduce(0) { $0 | UInt64(bytes[position + $1]) << (8 * UInt64($1)) }
    }

    mutating func skip(_ type: WireType) throws(Malformed) {
        switch type {
        case .varint: _ = try varint()
        case .fixed64: _ = try fixed64()
        case .bytes: _ = try message()
        case .fixed32:
            guard bytes.endIndex - position >= 4 else { throw Malformed(message: "unexpected EOF") }
            position += 4
        }
    }
}
