internal import NIOConcurrencyHelpers

/// Learns the names and numbers of a message's fields by letting an empty one write itself.
struct FieldNames: FieldWriter {
    private(set) var numbers: [String: Int] = [:]

    /// By type. Learned once: a transaction may have a million messages.
    private static let known = NIOLockedValueBox<[ObjectIdentifier: [String: Int]]>([:])

    static func of<M: Message>(_: M.Type) -> [String: Int] {
        let type = ObjectIdentifier(M.self)
        if let numbers = known.withLockedValue({ $0[type] }) { return numbers }
        var names = FieldNames()
        M().write(to: &names)
        let numbers = names.numbers
        known.withLockedValue { $0[type] = numbers }
        return numbers
    }

    mutating func int64(_ number: Int, _ name: StaticString, _ value: Int64) { add(number, name) }
    mutating func uint64(_ number: Int, _ name: StaticString, _ value: UInt64) { add(number, name) }
    mutating func uint32(_ number: Int, _ name: StaticString, _ value: UInt32) { add(number, name) }
    mutating func bool(_ number: Int, _ name: StaticString, _ value: Bool) { add(number, name) }
    mutating func bytes(_ number: Int, _ name: StaticString, _ value: [UInt8]) { add(number, name) }
    mutating func string(_ number: Int, _ name: StaticString, _ value: String) { add(number, name) }
    mutating func strings(_ number: Int, _ name: StaticString, _ values: [String]) { add(number, name) }
    mutating func bytesList(_ number: Int, _ name: StaticString, _ values: [[UInt8]]) { add(number, name) }
    mutating func enumeration(_ number: Int, _ name: StaticString, _ value: some WireEnum) { add(number, name) }
    mutating func enumerations<E: WireEnum>(_ number: Int, _ name: StaticString, _ values: [E]) { add(number, name) }
    mutating func message<M: Message>(_ number: Int, _ name: StaticString, _ value: M?) { add(number, name) }
    mutating func messages<M: Message>(_ number: Int, _ name: StaticString, _ values: [M]) { add(number, name) }
    mutating func present(_ number: Int, _ name: StaticString, int64 value: Int64) { add(number, name) }
    mutating func present(_ number: Int, _ name: StaticString, bytes value: [UInt8]) { add(number, name) }

    private mutating func add(_ number: Int, _ name: StaticString) {
        numbers[name.description] = number
        // The gateway takes the proto name and its lowerCamelCase form.
        numbers[lowerCamel(name.description)] = number
    }

    private func lowerCamel(_ name: String) -> String {
        let parts = name.split(separator: "_")
        return String(parts[0]) + parts.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }
}
