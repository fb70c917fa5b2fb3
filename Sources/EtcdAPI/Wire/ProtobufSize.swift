/// Counts how many bytes `ProtobufWriter` will write.
package struct ProtobufSize: FieldWriter {
    private var total = 0

    package static func of(_ message: some Message) -> Int {
        var size = ProtobufSize()
        message.write(to: &size)
        return size.total
    }

    package mutating func int64(_ number: Int, _ name: StaticString, _ value: Int64) {
        if value != 0 { present(number, name, int64: value) }
    }
    package mutating func uint64(_ number: Int, _ name: StaticString, _ value: UInt64) {
        if value != 0 { total += tag(number) + varintSize(value) }
    }
    package mutating func uint32(_ number: Int, _ name: StaticString, _ value: UInt32) {
        uint64(number, name, UInt64(value))
    }
    package mutating func bool(_ number: Int, _ name: StaticString, _ value: Bool) {
        uint64(number, name, value ? 1 : 0)
    }
    package mutating func bytes(_ number: Int, _ name: StaticString, _ value: [UInt8]) {
        if !value.isEmpty { delimited(number, value.count) }
    }
    package mutating func string(_ number: Int, _ name: StaticString, _ value: String) {
        if !value.isEmpty { delimited(number, value.utf8.count) }
    }
    package mutating func strings(_ number: Int, _ name: StaticString, _ values: [String]) {
        for value in values { delimited(number, value.utf8.count) }
    }
    package mutating func bytesList(_ number: Int, _ name: StaticString, _ values: [[UInt8]]) {
        for value in values { delimited(number, value.count) }
    }
    package mutating func enumeration(_ number: Int, _ name: StaticString, _ value: some WireEnum) {
        int64(number, name, Int64(value.rawValue))
    }
    package mutating func enumerations<E: WireEnum>(_ number: Int, _ name: StaticString, _ values: [E]) {
        guard !values.isEmpty else { return }
        delimited(number, values.reduce(0) { $0 + varintSize(UInt64(bitPattern: Int64($1.rawValue))) })
    }
    package mutating func message<M: Message>(_ number: Int, _ name: StaticString, _ value: M?) {
        if let value { delimited(number, ProtobufSize.of(value)) }
    }
    package mutating func messages<M: Message>(_ number: Int, _ name: StaticString, _ values: [M]) {
        for value in values { delimited(number, ProtobufSize.of(value)) }
    }
    package mutating func present(_ number: Int, _ name: StaticString, int64 value: Int64) {
        total += tag(number) + varintSize(UInt64(bitPattern: value))
    }
    package mutating func present(_ number: Int, _ name: StaticString, bytes value: [UInt8]) {
        delimited(number, value.count)
    }

    private mutating func delimited(_ number: Int, _ length: Int) {
        total += tag(number) + varintSize(UInt64(length)) + length
    }

    private func tag(_ number: Int) -> Int { varintSize(UInt64(number << 3)) }
}

/// Bytes of a varint: 7 bits each, at least one, at most ten.
func varintSize(_ value: UInt64) -> Int { value == 0 ? 1 : (64 - value.leadingZeroBitCount + 6) / 7 }
