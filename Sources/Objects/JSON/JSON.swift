/// A JSON value. Objects keep the order of their members, because what is stored is what is served; equality does not
/// depend on it.
package enum JSON: Sendable, Hashable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([JSON])
    case object(JSONObject)
}

// Written out because texts are compared and hashed by their bytes.
extension JSON {
    package static func == (left: JSON, right: JSON) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.integer(let left), .integer(let right)): left == right
        case (.number(let left), .number(let right)): left == right
        case (.string(let left), .string(let right)): left.isExactly(right)
        case (.array(let left), .array(let right)): left == right
        case (.object(let left), .object(let right)): left == right
        default: false
        }
    }

    package func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0 as UInt8)
        case .bool(let flag): hasher.combine(flag)
        case .integer(let integer): hasher.combine(integer)
        case .number(let number): hasher.combine(number)
        case .string(let text): text.hashExactly(into: &hasher)
        case .array(let elements): hasher.combine(elements)
        case .object(let object): hasher.combine(object)
        }
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int64) { self = .integer(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(arrayLiteral elements: JSON...) { self = .array(elements) }
    package init(nilLiteral: ()) { self = .null }
    package init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(JSONObject(elements.map { (key: $0.0, value: $0.1) }))
    }
}

extension JSON {
    package var isNull: Bool { self == .null }
    package var string: String? { if case .string(let value) = self { value } else { nil } }
    package var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    package var integer: Int64? { if case .integer(let value) = self { value } else { nil } }
    package var array: [JSON]? { if case .array(let value) = self { value } else { nil } }
    package var object: JSONObject? { if case .object(let value) = self { value } else { nil } }

    /// The member of an object; nil for a missing one and for anything that is not an object. Setting nil removes.
    /// Setting a member of something that is not an object replaces it by an object.
    package subscript(key: String) -> JSON? {
        get { object?[key] }
        set {
            var members = object ?? JSONObject()
            // With two owners all members would be copied.
            self = .null
            members[key] = newValue
            self = .object(members)
        }
    }

    /// `json.at("spec", "claimRef", "uid")`
    package func at(_ path: String...) -> JSON? { at(path) }

    package func at(_ path: [String]) -> JSON? {
        var here = self
        for key in path {
            guard let next = here[key] else { return nil }
            here = next
        }
        return here
    }

    /// Sets (or with nil removes) the value at `path`, making objects on the way.
    package mutating func set(_ path: [String], _ value: JSON?) {
        guard let first = path.first else {
            self = value ?? .null
            return
        }
        if path.count == 1 {
            self[first] = value
        } else {
            if value == nil, self[first] == nil { return }
            var child = self[first] ?? .object(JSONObject())
            child.set(Array(path.dropFirst()), value)
            self[first] = child
        }
    }
}
