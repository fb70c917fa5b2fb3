import NIOCore
import Objects

/// YAML as `sigs.k8s.io/yaml` writes it: members sorted by name, strings quoted where another reader could take them
/// for something else.
enum YAMLWriter {
    static func format(json body: ByteBuffer) -> ByteBuffer {
        guard let value = try? JSONParser.parse(Array(body.readableBytesView)) else { return body }
        var text = ""
        write(value, indent: 0, isInline: false, to: &text)
        return ByteBuffer(string: text)
    }

    private static func write(_ value: JSON, indent: Int, isInline: Bool, to text: inout String) {
        switch value {
        case .object(let object) where !object.isEmpty: write(object, indent, isInline, &text)
        case .array(let elements) where !elements.isEmpty: write(elements, indent, &text)
        default: text += scalar(value) + "\n"
        }
    }

    private static func write(_ object: JSONObject, _ indent: Int, _ isInline: Bool, _ text: inout String) {
        var isFirst = true
        for (key, value) in object.members.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            if !(isFirst && isInline) { text += String(repeating: " ", count: indent) }
            isFirst = false
            text += quoted(key) + ":"
            switch value {
            case .object(let child) where !child.isEmpty:
                text += "\n"
                write(value, indent: indent + 2, isInline: false, to: &text)
            case .array(let elements) where !elements.isEmpty:
                text += "\n"
                write(elements, indent, &text)
            default: text += " " + scalar(value) + "\n"
            }
        }
    }

    private static func write(_ elements: [JSON], _ indent: Int, _ text: inout String) {
        for element in elements {
            text += String(repeating: " ", count: indent) + "- "
            if case .array(let inner) = element, !inner.isEmpty {
                text += String(decoding: JSONEncoder.encode(element), as: UTF8.self) + "\n"
            } else {
                write(element, indent: indent + 2, isInline: true, to: &text)
            }
        }
    }

    private static func scalar(_ value: JSON) -> String {
        if case .string(let string) = value { return quoted(string) }
        return String(decoding: JSONEncoder.encode(value), as: UTF8.self)
    }

    /// JSON strings are YAML strings, so that is how whatever is not plainly a word is written.
    private static func quoted(_ string: String) -> String {
        isPlain(string) ? string : String(decoding: JSONEncoder.encode(.string(string)), as: UTF8.self)
    }

    private static let reserved: Set = [
        "true", "false", "null", "yes", "no", "on", "off", "y", "n", "~", ".nan", ".inf",
    ]

    private static func isPlain(_ string: String) -> Bool {
        guard let first = string.utf8.first, isLetter(first) || first == UInt8(ascii: "/"),
            !reserved.contains(string.lowercased()), string.utf8.last != UInt8(ascii: ":")
        else { return false }
        return string.utf8.allSatisfy { byte in
            isLetter(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "-_./:".utf8.contains(byte)
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}
