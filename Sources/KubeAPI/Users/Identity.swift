import Glibc
import Registry
import Transport

/// Who a request comes from and what role that gives.
struct Identity: Sendable, Hashable {
    enum Role: Sendable, Hashable {
        /// Everything.
        case administrator
        /// get, list and watch of everything but Secrets.
        case reader
        /// Nothing but what concerns themselves.
        case nobody
    }

    /// `unix:1000`
    var name: String
    var groups: [String]
    var role: Role

    static let anonymous = Identity(name: "system:anonymous", groups: ["system:unauthenticated"], role: .nobody)

    func user(agent: String?) -> User {
        let program = (agent ?? "").prefix { $0 != "/" }
        return User(name: name, groups: groups, userAgent: String(program.isEmpty ? "unknown" : program))
    }
}

/// Turns peers into identities by fixed rules: uid 0, the daemon's uid and members of group `berth` may do everything;
/// members of `berth` who are in `berth-read` too may only read.
struct IdentityRules: Sendable {
    private let ownUID: UInt32
    private let memberGroup: UInt32?
    private let readerGroup: UInt32?

    init(ownUID: UInt32, memberGroup: UInt32?, readerGroup: UInt32?) {
        self.ownUID = ownUID
        self.memberGroup = memberGroup
        self.readerGroup = readerGroup
    }

    /// With the groups of this machine's database.
    static func system() -> IdentityRules {
        IdentityRules(
            ownUID: geteuid(), memberGroup: GroupDatabase.identifier(of: "berth"),
            readerGroup: GroupDatabase.identifier(of: "berth-read"))
    }

    func identity(of peer: Connection.Peer) -> Identity {
        guard case .unix(let credentials) = peer else { return .anonymous }
        let groups = Set(credentials.groups + [credentials.gid] + GroupDatabase.groups(ofUser: credentials.uid))
        let names = groups.sorted().map { GroupDatabase.name(of: $0) }
        return Identity(
            name: "unix:\(credentials.uid)", groups: names + ["system:authenticated"],
            role: role(credentials.uid, groups))
    }

    func role(_ uid: UInt32, _ groups: Set<UInt32>) -> Identity.Role {
        if uid == 0 || uid == ownUID { return .administrator }
        guard let memberGroup, groups.contains(memberGroup) else { return .nobody }
        if let readerGroup, groups.contains(readerGroup) { return .reader }
        return .administrator
    }
}
