package import NIOCore

/// Writes protobuf into a buffer. Lengths of nested messages are counted before (`ProtobufSize`), so nothing is copied
/// twice and nothing is moved.
package struct ProtobufWriter: FieldWriter {
    package private(set) var buffer: ByteBuffer

    package init(_ buffer: ByteBuffer) { self.buffer = buffer }

    /// Appends `message` to `buffer`.
    package static func append(_ message: some Message, to buffer: inout ByteBuffer) {
        var writer = ProtobufWriter(buffer)
        // The writer must be the only owner, or every write would copy the buffer.
        buffer = ByteBuffer()
        message.write(to: &writer)
        buffer = writer.buffer
    }

    package mutating func int64(_ number: Int, _ name: StaticString, _ value: Int64) {
        if value != 0 { present(number, name, int64: value) }
    }
    package mutating func uint64(_ number: Int, _ name: StaticString, _ value: UInt64) {
        if value != 0 {
            tag(number, .varint)
            varint(value)
        }
    }
    package mutating func uint32(_ number: Int, _ name: StaticString, _ value: UInt32) {
        uint64(number, name, UInt64(value))
    }
    package mutating func bool(_ number: Int, _ name: StaticString, _ value: Bool) {
        uint64(number, name, value ? 1 : 0)
    }
    package mutating func bytes(_ number: Int, _ name: StaticString, _ value: [UInt8]) {
        if !value.isEmpty { present(number, name, bytes: value) }
    }
    package mutating func string(_ number: Int, _ name: StaticString, _ value: String) {
        if !value.isEmpty { text(number, value) }
    }
    package mutating func strings(_ number: Int, _ name: StaticString, _ values: [String]) {
        for value in values { text(number, value) }
    }
    package mutating func bytesList(_ number: Int, _ name: StaticString, _ values: [[UInt8]]) {
        for value in values { present(number, name, bytes: value) }
    }
    package mutating func enumeration(_ number: Int, _ name: StaticString, _ value: some WireEnum) {
        int64(number, name, Int64(value.rawValue))
    }
    package mutating func enumerations<E: WireEnum>(_ number: Int, _ name: StaticString, _ values: [E]) {
        guard !values.isEmpty else { return }
        tag(number, .lengthDelimited)
        varint(UInt64(values.reduce(0) { $0 + varintSize(UInt64(bitPattern: Int64($1.rawValue))) }))
        for value in values { varint(UInt64(bitPattern: Int64(value.rawValue))) }
    }
    package mutating func message<M: Message>(_ number: Int, _ name: StaticString, _ value: M?) {
        if let value { nested(number, value) }
    }
    package mutating func messages<M: Message>(_ number: Int, _ name: StaticString, _ values: [M]) {
        for value in values { nested(number, value) }
    }
    package mutating func present(_ number: Int, _ name: StaticString, int64 value: Int64) {
        tag(number, .varint)
        varint(UInt64(bitPattern: value))
    }
    package mutating func present(_ number: Int, _ name: StaticString, bytes value: [UInt8]) {
        tag(number, .lengthDelimited)
        varint(UInt64(value.count))
        buffer.writeBytes(value)
    }

    private mutating func text(_ number: Int, _ value: String) {
        tag(number, .lengthDelimited)
        varint(UInt64(value.utf8.count))
        buffer.writeString(value)
    }

    private mutating func nested(_ number: Int, _ value: some Message) {
        tag(number, .lengthDelimited)
        varint(UInt64(ProtobufSize.of(value)))
        value.write(to: &self)
    }

    private mutating func tag(_ number: Int, _ type: WireType) { varint(UInt64(number << 3) | type.rawValue) }

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            buffer.writeInteger(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        buffer.writeInteger(UInt8(rest))
    }
}

/// https://protobuf.dev/programming-guides/encoding/
enum WireType: UInt64 {
    case varint = 0
    case fixed64 = 1
    case lengthDelimited = 2
    case fixed32 = 5
}
