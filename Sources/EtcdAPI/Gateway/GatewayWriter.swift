package import Objects

/// Writes a message as grpc-gateway does for etcd: proto names, 64-bit integers as strings, bytes in base64, defaults
/// left out (https://etcd.io/docs/v3.6/dev-guide/api_grpc_gateway/).
package struct GatewayWriter: FieldWriter {
    private var members: [JSONObject.Member] = []

    package static func json(_ message: some Message) -> JSON {
        var writer = GatewayWriter()
        message.write(to: &writer)
        return .object(JSONObject(writer.members))
    }

    package mutating func int64(_ number: Int, _ name: StaticString, _ value: Int64) {
        if value != 0 { add(name, .string(String(value))) }
    }
    package mutating func uint64(_ number: Int, _ name: StaticString, _ value: UInt64) {
        if value != 0 { add(name, .string(String(value))) }
    }
    package mutating func uint32(_ number: Int, _ name: StaticString, _ value: UInt32) {
        if value != 0 { add(name, .integer(Int64(value))) }
    }
    package mutating func bool(_ number: Int, _ name: StaticString, _ value: Bool) {
        if value { add(name, true) }
    }
    package mutating func bytes(_ number: Int, _ name: StaticString, _ value: [UInt8]) {
        if !value.isEmpty { add(name, .string(Base64.encode(value))) }
    }
    package mutating func string(_ number: Int, _ name: StaticString, _ value: String) {
        if !value.isEmpty { add(name, .string(value)) }
    }
    package mutating func strings(_ number: Int, _ name: StaticString, _ values: [String]) {
        if !values.isEmpty { add(name, .array(values.map { .string($0) })) }
    }
    package mutating func bytesList(_ number: Int, _ name: StaticString, _ values: [[UInt8]]) {
        if !values.isEmpty { add(name, .array(values.map { .string(Base64.encode($0)) })) }
    }
    package mutating func enumeration(_ number: Int, _ name: StaticString, _ value: some WireEnum) {
        if value.rawValue != 0 { add(name, .string(value.wireName)) }
    }
    package mutating func enumerations<E: WireEnum>(_ number: Int, _ name: StaticString, _ values: [E]) {
        if !values.isEmpty { add(name, .array(values.map { .string($0.wireName) })) }
    }
    package mutating func message<M: Message>(_ number: Int, _ name: StaticString, _ value: M?) {
        if let value { add(name, Self.json(value)) }
    }
    package mutating func messages<M: Message>(_ number: Int, _ name: StaticString, _ values: [M]) {
        if !values.isEmpty { add(name, .array(values.map { Self.json($0) })) }
    }
    package mutating func present(_ number: Int, _ name: StaticString, int64 value: Int64) {
        add(name, .string(String(value)))
    }
    package mutating func present(_ number: Int, _ name: StaticString, bytes value: [UInt8]) {
        add(name, .string(Base64.encode(value)))
    }

    private mutating func add(_ name: StaticString, _ value: JSON) { members.append((name.description, value)) }
}
