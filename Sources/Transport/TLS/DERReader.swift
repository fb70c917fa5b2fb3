/// Walks through DER values without copying more than asked for. Nothing in the input can make it crash or loop: every
/// length is checked against what is there.
struct DERReader {
    struct Value {
        var tag: UInt8
        var contents: ArraySlice<UInt8>
        var reader: DERReader { DERReader(contents) }
    }

    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    /// nil at the end and at what is no DER.
    mutating func next() -> Value? {
        guard let tag = rest.popFirst(), tag & 0x1f != 0x1f, let first = rest.popFirst() else { return nil }
        var length = Int(first)
        if first >= 0x80 {
            let count = Int(first & 0x7f)
            guard (1...4).contains(count), rest.count >= count else { return nil }
            length = rest.prefix(count).reduce(0) { $0 << 8 | Int($1) }
            rest = rest.dropFirst(count)
        }
        guard rest.count >= length else { return nil }
        defer { rest = rest.dropFirst(length) }
        return Value(tag: tag, contents: rest.prefix(length))
    }

    /// The next value if it has this tag.
    mutating func next(_ tag: UInt8) -> Value? {
        guard let value = next(), value.tag == tag else { return nil }
        return value
    }
}
