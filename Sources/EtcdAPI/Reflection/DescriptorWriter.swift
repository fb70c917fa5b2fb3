internal import Objects

/// Learns the fields of a message by letting an empty one write itself, as `google.protobuf.FieldDescriptorProto`.
struct DescriptorWriter: FieldWriter {
    private(set) var fields: [DescriptorBytes] = []
    /// What the fields refer to.
    private(set) var messages: [any Message.Type] = []
    private(set) var enums: [any WireEnum.Type] = []
    private let oneof: ClosedRange<Int>?

    /// Values of `FieldDescriptorProto.Type`.
    private enum Kind: UInt64 {
        case int64 = 3, uint64 = 4, bool = 8, string = 9, message = 11, bytes = 12, uint32 = 13, enumeration = 14
    }

    init(oneof: ClosedRange<Int>?) { self.oneof = oneof }

    mutating func int64(_ number: Int, _ name: StaticString, _ value: Int64) { add(number, name, .int64) }
    mutating func uint64(_ number: Int, _ name: StaticString, _ value: UInt64) { add(number, name, .uint64) }
    mutating func uint32(_ number: Int, _ name: StaticString, _ value: UInt32) { add(number, name, .uint32) }
    mutating func bool(_ number: Int, _ name: StaticString, _ value: Bool) { add(number, name, .bool) }
    mutating func bytes(_ number: Int, _ name: StaticString, _ value: [UInt8]) { add(number, name, .bytes) }
    mutating func string(_ number: Int, _ name: StaticString, _ value: String) { add(number, name, .string) }
    mutating func strings(_ number: Int, _ name: StaticString, _ values: [String]) {
        add(number, name, .string, repeated: true)
    }
    mutating func bytesList(_ number: Int, _ name: StaticString, _ values: [[UInt8]]) {
        add(number, name, .bytes, repeated: true)
    }
    mutating func enumeration<E: WireEnum>(_ number: Int, _ name: StaticString, _ value: E) {
        enums.append(E.self)
        add(number, name, .enumeration, type: ProtoNames.name(of: E.self))
    }
    mutating func enumerations<E: WireEnum>(_ number: Int, _ name: StaticString, _ values: [E]) {
        enums.append(E.self)
        add(number, name, .enumeration, type: ProtoNames.name(of: E.self), repeated: true)
    }
    mutating func message<M: Message>(_ number: Int, _ name: StaticString, _ value: M?) {
        messages.append(M.self)
        add(number, name, .message, type: ProtoNames.name(of: M.self))
    }
    mutating func messages<M: Message>(_ number: Int, _ name: StaticString, _ values: [M]) {
        messages.append(M.self)
        add(number, name, .message, type: ProtoNames.name(of: M.self), repeated: true)
    }
    mutating func present(_ number: Int, _ name: StaticString, int64 value: Int64) { add(number, name, .int64) }
    mutating func present(_ number: Int, _ name: StaticString, bytes value: [UInt8]) { add(number, name, .bytes) }

    private mutating func add(
        _ number: Int, _ name: StaticString, _ kind: Kind, type: String? = nil, repeated: Bool = false
    ) {
        var field = DescriptorBytes()
        field.add(1, name.description)
        field.add(3, UInt64(number))
        field.add(4, UInt64(repeated ? 3 : 1))
        field.add(5, kind.rawValue)
        if let type { field.add(6, "." + type) }
        if oneof?.contains(number) == true { field.add(9, UInt64(0)) }
        fields.append(field)
    }
}

/// A message of `descriptor.proto`: nobody reads these here, so they have no types of their own.
struct DescriptorBytes: Sendable {
    private var writer = Objects.ProtobufWriter()
    var bytes: [UInt8] { writer.bytes }

    mutating func add(_ number: Int, _ text: String) { writer.field(number, string: text) }
    mutating func add(_ number: Int, _ nested: DescriptorBytes) { writer.field(number, bytes: nested.bytes) }
    mutating func add(_ number: Int, _ value: UInt64) { writer.field(number, varint: value) }
}
