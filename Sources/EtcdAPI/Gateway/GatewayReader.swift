package import Objects

/// Reads a message from the gateway's JSON. Integers come as numbers or strings, enumerations by name or number, bytes
/// in base64; an unknown member is an error that names it.
package struct GatewayReader: FieldReader {
    private let value: JSON
    private let name: String
    private let depth: Int

    package static func decode<M: Message>(_: M.Type, _ json: JSON) throws(WireError) -> M {
        try decode(json, name: "the body", depth: 0)
    }

    private static func decode<M: Message>(_ json: JSON, name: String, depth: Int) throws(WireError) -> M {
        guard depth <= ProtobufReader.depthLimit else { throw WireError("messages nest deeper than the limit") }
        guard let members = json.object else { throw WireError("\(name) is not an object") }
        let numbers = FieldNames.of(M.self)
        var message = M()
        for (member, value) in members where !value.isNull {
            guard let number = numbers[member] else { throw WireError("unknown field \"\(member)\"") }
            var reader = GatewayReader(value: value, name: member, depth: depth)
            try message.read(number, from: &reader)
        }
        return message
    }

    package mutating func int64(_ result: inout Int64) throws(WireError) { result = try integer(value) }
    package mutating func uint64(_ result: inout UInt64) throws(WireError) { result = try integer(value) }
    package mutating func uint32(_ result: inout UInt32) throws(WireError) { result = try integer(value) }
    package mutating func bool(_ result: inout Bool) throws(WireError) {
        guard let bool = value.bool else { throw wrong("a boolean") }
        result = bool
    }
    package mutating func bytes(_ result: inout [UInt8]) throws(WireError) { result = try bytes(value) }
    package mutating func string(_ result: inout String) throws(WireError) { result = try text(value) }
    package mutating func strings(_ results: inout [String]) throws(WireError) {
        for element in try elements() { results.append(try text(element)) }
    }
    package mutating func bytesList(_ results: inout [[UInt8]]) throws(WireError) {
        for element in try elements() { results.append(try bytes(element)) }
    }
    package mutating func enumeration<E: WireEnum>(_ result: inout E) throws(WireError) -> Bool {
        result = try enumeration(value)
        return true
    }
    package mutating func enumerations<E: WireEnum>(_ results: inout [E]) throws(WireError) {
        for element in try elements() { results.append(try enumeration(element)) }
    }
    package mutating func message<M: Message>(_ result: inout M?) throws(WireError) {
        result = try Self.decode(value, name: name, depth: depth + 1)
    }
    package mutating func messages<M: Message>(_ results: inout [M]) throws(WireError) {
        for element in try elements() { results.append(try Self.decode(element, name: name, depth: depth + 1)) }
    }
    package mutating func skip() throws(WireError) {}

    private func elements() throws(WireError) -> [JSON] {
        guard let elements = value.array else { throw wrong("a list") }
        return elements
    }

    private func integer<I: FixedWidthInteger>(_ json: JSON) throws(WireError) -> I {
        switch json {
        case .integer(let integer):
            if let exact = I(exactly: integer) { return exact }
        case .string(let digits):
            if let exact = I(digits) { return exact }
        default: break
        }
        throw wrong("an integer of its range")
    }

    private func bytes(_ json: JSON) throws(WireError) -> [UInt8] {
        guard let bytes = json.string.flatMap(Base64.decode) else { throw wrong("base64") }
        return bytes
    }

    private func text(_ json: JSON) throws(WireError) -> String {
        guard let text = json.string else { throw wrong("a string") }
        return text
    }

    private func enumeration<E: WireEnum>(_ json: JSON) throws(WireError) -> E {
        let byName = json.string.flatMap { name in E.allCases.first { $0.wireName == name } }
        guard let found = byName ?? json.integer.flatMap({ E(rawValue: Int32(truncatingIfNeeded: $0)) }) else {
            throw wrong("one of \(E.allCases.map(\.wireName).joined(separator: ", "))")
        }
        return found
    }

    private func wrong(_ expected: String) -> WireError { WireError("field \"\(name)\" is not \(expected)") }
}
