import Objects

/// JSON as kubectl prints it: four spaces a level, members sorted by key.
enum PrettyJSON {
    static func text(_ value: JSON) -> String {
        var text = ""
        append(value, indent: 0, to: &text)
        return text + "\n"
    }

    private static func append(_ value: JSON, indent: Int, to text: inout String) {
        let inner = String(repeating: "    ", count: indent + 1)
        let outer = String(repeating: "    ", count: indent)
        switch value {
        case .array(let elements) where !elements.isEmpty:
            text += "[\n"
            for (index, element) in elements.enumerated() {
                text += inner
                append(element, indent: indent + 1, to: &text)
                text += index == elements.count - 1 ? "\n" : ",\n"
            }
            text += outer + "]"
        case .object(let object) where !object.isEmpty:
            text += "{\n"
            let members = object.members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            for (index, member) in members.enumerated() {
                text += inner + compact(.string(member.key)) + ": "
                append(member.value, indent: indent + 1, to: &text)
                text += index == members.count - 1 ? "\n" : ",\n"
            }
            text += outer + "}"
        default:
            text += compact(value)
        }
    }

    /// One line, members sorted by key at every level, as Go encodes maps.
    static func compact(_ value: JSON) -> String {
        String(decoding: JSONEncoder.encode(value.sortedByKey), as: UTF8.self)
    }
}

extension JSON {
    /// The same value with the members of all its objects sorted by key.
    var sortedByKey: JSON {
        switch self {
        case .array(let elements): .array(elements.map(\.sortedByKey))
        case .object(let object):
            .object(
                JSONObject(
                    object.members.map { ($0.key, $0.value.sortedByKey) }
                        .sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }))
        default: self
        }
    }
}
