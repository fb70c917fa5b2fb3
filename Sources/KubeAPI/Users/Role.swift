/// What somebody may do. There are no finer rules (docs/kubernetes-api.md): one machine has few users.
package enum Role: String, Sendable, Hashable {
    /// Everything.
    case administrator = "admin"
    /// get, list and watch of everything but Secrets.
    case reader = "read"
    /// Nothing but what concerns themselves.
    case nobody
}

/// Roles that `--grant` gives to users and groups by name: `system:serviceaccount:default:backup=read,alice=admin`.
package struct Grants: Sendable, Hashable {
    private var roles: [String: Role]

    package init(_ roles: [String: Role] = [:]) { self.roles = roles }

    /// - Throws: what is wrong with which part of the text.
    package init(parsing text: String) throws(GrantError) {
        roles = [:]
        for part in text.split(separator: ",") {
            guard let equals = part.lastIndex(of: "="), equals != part.startIndex,
                let role = Role(rawValue: String(part[part.index(after: equals)...])), role != .nobody
            else { throw GrantError(part: String(part)) }
            roles[String(part[..<equals])] = role
        }
    }

    /// The most that the user's name or one of the groups has been granted.
    func role(_ user: String, _ groups: [String]) -> Role {
        let granted = ([user] + groups).compactMap { roles[$0] }
        if granted.contains(.administrator) { return .administrator }
        return granted.contains(.reader) ? .reader : .nobody
    }
}

package struct GrantError: Error, Sendable, CustomStringConvertible {
    let part: String
    package var description: String {
        "'\(part)' must be USER=ROLE with role admin or read, such as system:serviceaccount:default:backup=read"
    }
}
