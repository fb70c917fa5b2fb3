/// A message of etcd's v3 API. One description of its fields, `write` and `read`, serves protobuf and the JSON gateway:
/// the writer and the reader know the encoding, the message knows numbers, names and types.
///
/// Field numbers and names: https://etcd.io/docs/v3.6/dev-guide/api_reference_v3/
package protocol Message: Sendable {
    init()
    /// Hands every field to the writer, in ascending order of numbers. Writers leave out what has its default value.
    func write(to writer: inout some FieldWriter)
    /// Reads the value of one field; the reader skips what `number` does not know (`reader.skip()`).
    mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError)
}

/// An enumeration of the API: open, because a newer client may send a value that this build does not know.
package protocol WireEnum: RawRepresentable<Int32>, CaseIterable, Sendable {
    /// The value of a field that was not sent.
    static var zero: Self { get }
    /// As the JSON gateway spells it.
    var wireName: String { get }
}

package protocol FieldWriter {
    mutating func int64(_ number: Int, _ name: StaticString, _ value: Int64)
    mutating func uint64(_ number: Int, _ name: StaticString, _ value: UInt64)
    mutating func uint32(_ number: Int, _ name: StaticString, _ value: UInt32)
    mutating func bool(_ number: Int, _ name: StaticString, _ value: Bool)
    mutating func bytes(_ number: Int, _ name: StaticString, _ value: [UInt8])
    mutating func string(_ number: Int, _ name: StaticString, _ value: String)
    mutating func strings(_ number: Int, _ name: StaticString, _ values: [String])
    mutating func bytesList(_ number: Int, _ name: StaticString, _ values: [[UInt8]])
    mutating func enumeration(_ number: Int, _ name: StaticString, _ value: some WireEnum)
    mutating func enumerations<E: WireEnum>(_ number: Int, _ name: StaticString, _ values: [E])
    /// nil: the message is absent. A present message is written even if all its fields are default.
    mutating func message<M: Message>(_ number: Int, _ name: StaticString, _ value: M?)
    mutating func messages<M: Message>(_ number: Int, _ name: StaticString, _ values: [M])
    /// Members of a `oneof`, which are written even if they have their default value.
    mutating func present(_ number: Int, _ name: StaticString, int64 value: Int64)
    mutating func present(_ number: Int, _ name: StaticString, bytes value: [UInt8])
}

package protocol FieldReader {
    mutating func int64(_ value: inout Int64) throws(WireError)
    mutating func uint64(_ value: inout UInt64) throws(WireError)
    mutating func uint32(_ value: inout UInt32) throws(WireError)
    mutating func bool(_ value: inout Bool) throws(WireError)
    mutating func bytes(_ value: inout [UInt8]) throws(WireError)
    mutating func string(_ value: inout String) throws(WireError)
    mutating func strings(_ values: inout [String]) throws(WireError)
    mutating func bytesList(_ values: inout [[UInt8]]) throws(WireError)
    /// False, and `value` is zero: a value that this build does not know.
    @discardableResult
    mutating func enumeration<E: WireEnum>(_ value: inout E) throws(WireError) -> Bool
    /// Leaves out what this build does not know, as etcd does.
    mutating func enumerations<E: WireEnum>(_ values: inout [E]) throws(WireError)
    mutating func message<M: Message>(_ value: inout M?) throws(WireError)
    mutating func messages<M: Message>(_ values: inout [M]) throws(WireError)
    mutating func skip() throws(WireError)
}

/// Bytes that are not the message they claim to be.
package struct WireError: Error, Hashable, CustomStringConvertible {
    package var description: String
    package init(_ description: String) { self.description = description }
}
