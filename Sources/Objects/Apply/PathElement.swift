/// One step of the path to a field, as managedFields name it. Keys and values are kept as canonical JSON text, so that
/// two elements are equal if they mean the same.
package enum PathElement: Hashable, Sendable {
    /// A member of an object or of a map: `f:spec`
    case field(String)
    /// The element of a list with these values of its keys, sorted by name: `k:{"name":"web"}`
    case key(String)
    /// The element of a set: `v:"a"`
    case value(String)
    /// `i:0`; read but never written
    case index(Int)

    /// nil if it is no path element.
    package init?(_ text: String) {
        guard text.utf8.count >= 2, text.utf8.dropFirst().first == UInt8(ascii: ":") else { return nil }
        let rest = String(text.dropFirst(2))
        switch text.utf8.first {
        case UInt8(ascii: "f"): self = .field(rest)
        case UInt8(ascii: "v"):
            guard let value = try? JSONParser.parse(rest) else { return nil }
            self.init(value: value)
        case UInt8(ascii: "k"):
            guard let object = try? JSONParser.parse(rest).object else { return nil }
            self.init(key: object.members.sorted { $0.key < $1.key })
        case UInt8(ascii: "i"):
            guard let index = Int(rest) else { return nil }
            self = .index(index)
        default: return nil
        }
    }

    /// `parts` sorted by name.
    init(key parts: [JSONObject.Member]) { self = .key(Self.text(.object(JSONObject(parts)))) }

    init(value: JSON) { self = .value(Self.text(value)) }

    /// As in `fieldsV1`.
    package var encoded: String {
        switch self {
        case .field(let name): "f:" + name
        case .key(let text): "k:" + text
        case .value(let text): "v:" + text
        case .index(let index): "i:\(index)"
        }
    }

    /// As messages show it: `.spec`, `[name="web"]`, `[="a"]`.
    package var shown: String {
        switch self {
        case .field(let name): "." + name
        case .key(let text):
            "["
                + ((try? JSONParser.parse(text).object) ?? JSONObject())
                .map { "\($0.key)=\(Self.text($0.value))" }.joined(separator: ",") + "]"
        case .value(let text): "[=\(text)]"
        case .index(let index): "[\(index)]"
        }
    }

    private static func text(_ value: JSON) -> String { String(decoding: JSONEncoder.encode(value), as: UTF8.self) }

    /// By their bytes, as the members that they stand for.
    package static func == (left: PathElement, right: PathElement) -> Bool {
        switch (left, right) {
        case (.field(let left), .field(let right)), (.key(let left), .key(let right)),
            (.value(let left), .value(let right)):
            left.isExactly(right)
        case (.index(let left), .index(let right)): left == right
        default: false
        }
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(rank)
        switch self {
        case .field(let text), .key(let text), .value(let text): text.hashExactly(into: &hasher)
        case .index(let index): hasher.combine(index)
        }
    }

    /// Upstream's order: fields, keys, values, indexes.
    static func precedes(_ left: PathElement, _ right: PathElement) -> Bool {
        switch (left, right) {
        case (.field(let left), .field(let right)), (.key(let left), .key(let right)),
            (.value(let left), .value(let right)):
            left.utf8.lexicographicallyPrecedes(right.utf8)
        case (.index(let left), .index(let right)): left < right
        default: left.rank < right.rank
        }
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
