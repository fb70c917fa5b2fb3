/// One step of the path to a field, as managedFields name it.
package enum PathElement: Hashable, Sendable {
    /// A member of an object or of a map: `f:spec`
    case field(String)
    /// The element of a list with these values of its keys, sorted by name: `k:{"name":"web"}`
    case key([KeyValue])
    /// The element of a set: `v:"a"`
    case value(JSON)
    /// `i:0`; read but never written
    case index(Int)

    package struct KeyValue: Hashable, Sendable {
        package var name: String
        package var value: JSON
    }

    /// nil if it is no path element.
    package init?(_ text: String) {
        guard text.utf8.count >= 2, text.dropFirst().first == ":" else { return nil }
        let rest = String(text.dropFirst(2))
        switch text.first {
        case "f": self = .field(rest)
        case "v":
            guard let value = try? JSONParser.parse(rest) else { return nil }
            self = .value(value)
        case "k":
            guard let object = try? JSONParser.parse(rest).object else { return nil }
            self = .key(object.map { KeyValue(name: $0.key, value: $0.value) }.sorted { $0.name < $1.name })
        case "i":
            guard let index = Int(rest) else { return nil }
            self = .index(index)
        default: return nil
        }
    }

    /// As in `fieldsV1`.
    package var encoded: String {
        switch self {
        case .field(let name): "f:" + name
        case .key(let parts):
            "k:" + Self.text(.object(JSONObject(parts.map { (key: $0.name, value: $0.value) })))
        case .value(let value): "v:" + Self.text(value)
        case .index(let index): "i:\(index)"
        }
    }

    /// As messages show it: `.spec`, `[name="web"]`, `[="a"]`.
    package var shown: String {
        switch self {
        case .field(let name): "." + name
        case .key(let parts): "[" + parts.map { "\($0.name)=\(Self.text($0.value))" }.joined(separator: ",") + "]"
        case .value(let value): "[=\(Self.text(value))]"
        case .index(let index): "[\(index)]"
        }
    }

    private static func text(_ value: JSON) -> String { String(decoding: JSONEncoder.encode(value), as: UTF8.self) }

    /// Upstream's order: fields, keys, values, indexes.
    static func precedes(_ left: PathElement, _ right: PathElement) -> Bool {
        if left.rank != right.rank { return left.rank < right.rank }
        return left.encoded.utf8.lexicographicallyPrecedes(right.encoded.utf8)
    }

    private var rank: Int {
        switch self {
        case .field: 0
        case .key: 1
        case .value: 2
        case .index: 3
        }
    }
}
