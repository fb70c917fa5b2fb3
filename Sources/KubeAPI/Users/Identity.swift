import Glibc
import Objects
import Registry
import Transport

/// Who a request comes from and what role that gives.
struct Identity: Sendable, Hashable {
    /// `unix:1000`, `system:serviceaccount:default:web`
    var name: String
    var uid = ""
    var groups: [String]
    var role: Role
    /// `UserInfo.extra`
    var extra: [String: [String]] = [:]

    static let anonymous = Identity(name: "system:anonymous", groups: ["system:unauthenticated"], role: .nobody)

    func user(agent: String?) -> User {
        let program = (agent ?? "").prefix { $0 != "/" }
        return User(name: name, groups: groups, userAgent: String(program.isEmpty ? "unknown" : program))
    }

    /// `UserInfo`
    var userInfo: JSON {
        var members: [JSONObject.Member] = [("username", .string(name))]
        if !uid.isEmpty { members.append(("uid", .string(uid))) }
        members.append(("groups", .array(groups.map { .string($0) })))
        if !extra.isEmpty {
            let values = extra.sorted { $0.key < $1.key }.map { ($0.key, JSON.array($0.value.map { .string($0) })) }
            members.append(("extra", .object(JSONObject(values))))
        }
        return .object(JSONObject(members))
    }
}

/// Turns peers and names into identities by fixed rules. On the socket, uid 0, the daemon's uid and members of group
/// `berth` may do everything; members of `berth` who are in `berth-read` too may only read. Users that a certificate
/// names have the same rights by the same groups. Everybody else has what `--grant` gives them.
struct IdentityRules: Sendable {
    static let memberGroup = "berth"
    static let readerGroup = "berth-read"
    private static let localPrefix = "unix:"

    private let ownUID: UInt32
    private let memberGroup: UInt32?
    private let readerGroup: UInt32?
    private let grants: Grants

    init(ownUID: UInt32, memberGroup: UInt32?, readerGroup: UInt32?, grants: Grants = Grants()) {
        self.ownUID = ownUID
        self.memberGroup = memberGroup
        self.readerGroup = readerGroup
        self.grants = grants
    }

    /// With the groups of this machine's database.
    static func system(grants: Grants) -> IdentityRules {
        IdentityRules(
            ownUID: geteuid(), memberGroup: GroupDatabase.identifier(of: memberGroup),
            readerGroup: GroupDatabase.identifier(of: readerGroup), grants: grants)
    }

    func identity(of peer: Connection.Peer) -> Identity {
        switch peer {
        case .unix(let credentials): local(credentials.uid, Set(credentials.groups + [credentials.gid]))
        case .certificate(let name): remote(name.commonName, groups: name.organizations)
        case .anonymous: .anonymous
        }
    }

    /// A user of this machine, with the groups that the database gives them now besides those given.
    func local(_ uid: UInt32, _ groups: Set<UInt32> = []) -> Identity {
        let groups = groups.union(GroupDatabase.groups(ofUser: uid))
        let names = groups.sorted().map { GroupDatabase.name(of: $0) }
        let name = Self.localPrefix + String(uid)
        let own = role(uid, groups)
        return Identity(
            name: name, groups: names + ["system:authenticated"],
            role: own == .nobody ? grants.role(name, names) : own)
    }

    /// The uid in a name that `local` made.
    static func localUID(_ name: String) -> UInt32? {
        name.hasPrefix(localPrefix) ? UInt32(name.dropFirst(localPrefix.count)) : nil
    }

    /// Somebody whom our authority vouches for.
    func remote(_ name: String, groups: [String]) -> Identity {
        Identity(
            name: name, groups: groups + ["system:authenticated"],
            role: groups.contains(Self.memberGroup)
                ? (groups.contains(Self.readerGroup) ? .reader : .administrator) : grants.role(name, groups))
    }

    /// A pod's own account may do nothing that was not granted.
    func serviceAccount(_ account: ServiceAccountName, uid: String) -> Identity {
        Identity(
            name: account.userName, uid: uid, groups: account.groups + ["system:authenticated"],
            role: grants.role(account.userName, account.groups))
    }

    /// Whoever a review names.
    func named(_ user: String, groups: [String]) -> Identity {
        if let uid = Self.localUID(user) { return local(uid) }
        return remote(user, groups: groups.filter { $0 != "system:authenticated" })
    }

    func role(_ uid: UInt32, _ groups: Set<UInt32>) -> Role {
        if uid == 0 || uid == ownUID { return .administrator }
        guard let memberGroup, groups.contains(memberGroup) else { return .nobody }
        if let readerGroup, groups.contains(readerGroup) { return .reader }
        return .administrator
    }
}

/// Namespace and name of a service account.
struct ServiceAccountName: Sendable, Hashable {
    var namespace: String
    var name: String

    var userName: String { "system:serviceaccount:\(namespace):\(name)" }
    var groups: [String] { ["system:serviceaccounts", "system:serviceaccounts:\(namespace)"] }
}
