/// JSON merge patch (RFC 7386).
package enum MergePatch {
    package static func apply(_ patch: JSON, to target: JSON) -> JSON {
        guard case .object(let changes) = patch else { return patch }
        var members = target.object.map(MemberTable.init) ?? MemberTable()
        for (key, change) in changes {
            if case .null = change {
                members[key] = nil
            } else {
                members[key] = apply(change, to: members[key] ?? .null)
            }
        }
        return .object(members.object)
    }
}

/// Members under change, in their order. Lookups are constant time, so that a patch with many keys is linear.
struct MemberTable {
    private var members: [(key: String, value: JSON?)]
    private var index: [String: Int]

    init(_ object: JSONObject = JSONObject()) {
        members = object.members.map { ($0.key, $0.value) }
        index = Dictionary(object.members.enumerated().map { ($1.key, $0) }, uniquingKeysWith: { first, _ in first })
    }

    subscript(key: String) -> JSON? {
        get { index[key].flatMap { members[$0].value } }
        set {
            if let known = index[key] {
                members[known].value = newValue
            } else if let newValue {
                index[key] = members.count
                members.append((key, newValue))
            }
        }
    }

    var object: JSONObject {
        JSONObject(members.compactMap { member in member.value.map { (member.key, $0) } })
    }
}

/// Reads members by name: one by one where there are few, by a table where there are many.
struct MemberLookup {
    private let object: JSONObject
    private var table: [String: Int] = [:]

    init(_ object: JSONObject) {
        self.object = object
        if object.count > 16 {
            table = Dictionary(
                object.members.enumerated().map { ($1.key, $0) }, uniquingKeysWith: { first, _ in first })
        }
    }

    subscript(key: String) -> JSON? {
        table.isEmpty ? object[key] : table[key].map { object.members[$0].value }
    }
}
