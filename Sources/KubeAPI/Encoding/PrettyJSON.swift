import NIOCore

/// Indents JSON by two spaces, as kube-apiserver does for `?pretty=true` and for people's programs (curl, browsers).
/// What is stored need not be JSON: a client of the etcd API writes what it likes.
enum PrettyJSON {
    /// Deeper levels than any object has are not indented further, or a row of brackets would become its square.
    private static let maximumIndent = 64

    static func format(_ source: ByteBuffer) -> ByteBuffer {
        var out = ByteBuffer()
        out.reserveCapacity(source.readableBytes * 3 / 2)
        var depth = 0
        var previous: UInt8 = 0
        var isInString = false
        var isEscaped = false
        for byte in source.readableBytesView {
            if isInString {
                out.writeInteger(byte)
                isInString = isEscaped || byte != UInt8(ascii: "\"")
                isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
                previous = byte
                continue
            }
            switch byte {
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth = max(0, depth - 1)
                if previous != UInt8(ascii: "{"), previous != UInt8(ascii: "[") { breakLine(&out, depth) }
            default:
                if previous == UInt8(ascii: "{") || previous == UInt8(ascii: "[") { breakLine(&out, depth) }
            }
            out.writeInteger(byte)
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: ","): breakLine(&out, depth)
            case UInt8(ascii: ":"): out.writeInteger(UInt8(ascii: " "))
            case UInt8(ascii: "\""): isInString = true
            default: break
            }
            previous = byte
        }
        return out
    }

    private static func breakLine(_ out: inout ByteBuffer, _ depth: Int) {
        out.writeInteger(UInt8(ascii: "\n"))
        out.writeRepeatingByte(UInt8(ascii: " "), count: min(depth, maximumIndent) * 2)
    }
}
