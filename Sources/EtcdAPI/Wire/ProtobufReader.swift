package import NIOCore

/// Reads protobuf from a buffer's bytes. Every length is checked against what is there before it is used, and messages
/// nest at most `depthLimit` deep, as in Go's protobuf, where a bomb would exhaust the stack.
package struct ProtobufReader: FieldReader {
    static let depthLimit = 100

    private let bytes: UnsafeRawBufferPointer
    private var position = 0
    private var type = WireType.varint
    private let depth: Int

    private init(_ bytes: UnsafeRawBufferPointer, depth: Int) {
        self.bytes = bytes
        self.depth = depth
    }

    /// Decodes the whole of `buffer`.
    package static func decode<M: Message>(_: M.Type, _ buffer: ByteBuffer) throws(WireError) -> M {
        let result: Result<M, WireError> = buffer.withUnsafeReadableBytes { bytes in
            Result { () throws(WireError) in try decode(bytes, depth: 0) }
        }
        return try result.get()
    }

    private static func decode<M: Message>(_ bytes: UnsafeRawBufferPointer, depth: Int) throws(WireError) -> M {
        guard depth <= depthLimit else { throw WireError("messages nest deeper than \(depthLimit)") }
        var reader = ProtobufReader(bytes, depth: depth)
        var message = M()
        while reader.position < bytes.count { try message.read(try reader.tag(), from: &reader) }
        return message
    }

    package mutating func int64(_ value: inout Int64) throws(WireError) {
        value = Int64(bitPattern: try integer())
    }
    package mutating func uint64(_ value: inout UInt64) throws(WireError) { value = try integer() }
    package mutating func uint32(_ value: inout UInt32) throws(WireError) {
        value = UInt32(truncatingIfNeeded: try integer())
    }
    package mutating func bool(_ value: inout Bool) throws(WireError) { value = try integer() != 0 }
    package mutating func bytes(_ value: inout [UInt8]) throws(WireError) { value = Array(try delimited()) }
    package mutating func string(_ value: inout String) throws(WireError) {
        guard let text = String(validating: try delimited(), as: UTF8.self) else {
            throw WireError("a string field is not valid UTF-8")
        }
        value = text
    }
    package mutating func strings(_ values: inout [String]) throws(WireError) {
        var value = ""
        try string(&value)
        values.append(value)
    }
    package mutating func bytesList(_ values: inout [[UInt8]]) throws(WireError) {
        values.append(Array(try delimited()))
    }
    package mutating func enumeration<E: WireEnum>(_ value: inout E) throws(WireError) -> Bool {
        let known = E(rawValue: Int32(truncatingIfNeeded: try integer()))
        value = known ?? .zero
        return known != nil
    }
    package mutating func enumerations<E: WireEnum>(_ values: inout [E]) throws(WireError) {
        // Packed or not: decoders must take both.
        guard type == .lengthDelimited else {
            var value = E.zero
            if try enumeration(&value) { values.append(value) }
            return
        }
        var packed = ProtobufReader(try delimited(), depth: depth)
        while packed.position < packed.bytes.count {
            var value = E.zero
            if try packed.enumeration(&value) { values.append(value) }
        }
    }
    package mutating func message<M: Message>(_ value: inout M?) throws(WireError) {
        value = try Self.decode(try delimited(), depth: depth + 1)
    }
    package mutating func messages<M: Message>(_ values: inout [M]) throws(WireError) {
        values.append(try Self.decode(try delimited(), depth: depth + 1))
    }
    package mutating func skip() throws(WireError) {
        switch type {
        case .varint: _ = try varint()
        case .fixed64: try advance(8)
        case .fixed32: try advance(4)
        case .lengthDelimited: _ = try delimited()
        }
    }

    private mutating func tag() throws(WireError) -> Int {
        let tag = try varint()
        guard let type = WireType(rawValue: tag & 7) else { throw WireError("unknown wire type \(tag & 7)") }
        guard tag >> 3 > 0, tag >> 3 < 1 << 29 else { throw WireError("illegal field number \(tag >> 3)") }
        self.type = type
        return Int(tag >> 3)
    }

    /// The value of a varint field.
    private mutating func integer() throws(WireError) -> UInt64 {
        guard type == .varint else { throw WireError("a field has the wrong wire type") }
        return try varint()
    }

    private mutating func varint() throws(WireError) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard position < bytes.count else { throw WireError("truncated varint") }
            let byte = bytes[position]
            position += 1
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
        }
        throw WireError("varint longer than ten bytes")
    }

    private mutating func delimited() throws(WireError) -> UnsafeRawBufferPointer {
        guard type == .lengthDelimited else { throw WireError("a field has the wrong wire type") }
        let length = try varint()
        guard length <= UInt64(bytes.count - position) else {
            throw WireError("a field of \(length) bytes in \(bytes.count - position)")
        }
        let start = position
        position += Int(length)
        return UnsafeRawBufferPointer(rebasing: bytes[start..<position])
    }

    private mutating func advance(_ count: Int) throws(WireError) {
        guard count <= bytes.count - position else { throw WireError("truncated field") }
        position += count
    }
}
