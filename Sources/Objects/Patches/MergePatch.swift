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
package struct MemberTable {
    private var members: [(key: String, value: JSON?)]
    private var index: [ExactText: Int]

    package init(_ object: JSONObject = JSONObject()) {
        members = object.members.map { ($0.key, $0.value) }
        index = object.places
    }

    package subscript(key: String) -> JSON? {
        get { index[ExactText(key)].flatMap { members[$0].value } }
        set {
            if let known = index[ExactText(key)] {
                members[known].value = newValue
            } else if let newValue {
                index[ExactText(key)] = members.count
                members.append((key, newValue))
            }
        }
    }

    package var object: JSONObject {
        JSONObject(members.compactMap { member in member.value.map { (member.key, $0) } })
    }
}

/// Reads members by name: one by one where there are few, by a table where there are many.
package struct MemberLookup {
    private let object: JSONObject
    private var table: [ExactText: Int] = [:]

    package init(_ object: JSONObject) {
        self.object = object
        if object.count > 16 { table = object.places }
    }

    package subscript(key: String) -> JSON? {
        table.isEmpty ? object[key] : table[ExactText(key)].map { object.members[$0].value }
    }
}

extension JSONObject {
    fileprivate var places: [ExactText: Int] {
        Dictionary(members.enumerated().map { (ExactText($1.key), $0) }, uniquingKeysWith: { first, _ in first })
    }
}
