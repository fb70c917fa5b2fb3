/// Members in their order with unique keys: a linear search for the usual few, a table once there are many, so that
/// no body costs quadratic time.
package struct MemberCollector {
    package private(set) var members: [JSONObject.Member] = []
    private var index: [ExactText: Int] = [:]
    private static let few = 16

    package init() {}

    /// True if the key was there already.
    package mutating func set(_ key: String, _ value: JSON) -> Bool {
        if let known = find(key) {
            members[known].value = value
            return true
        }
        if members.count >= Self.few {
            if index.isEmpty { for (offset, member) in members.enumerated() { index[ExactText(member.key)] = offset } }
            index[ExactText(key)] = members.count
        }
        members.append((key, value))
        return false
    }

    private func find(_ key: String) -> Int? {
        if !index.isEmpty { return index[ExactText(key)] }
        return members.firstIndex { $0.key.isExactly(key) }
    }
}
