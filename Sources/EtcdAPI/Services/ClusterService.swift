internal import Store

/// `etcdserverpb.Cluster` of one member, which nobody can join or leave.
struct ClusterService: Sendable {
    let engine: any Engine
    let replies: KVReplies

    var methods: [String: Method] {
        var methods = ["MemberList": Method.immediate(MemberListCall.self, memberList)]
        for name in ["MemberAdd", "MemberRemove", "MemberUpdate", "MemberPromote"] {
            methods[name] = .refused(GRPCStatus(.unimplemented, "berth: this is a cluster of one, and stays one"))
        }
        return methods
    }

    func memberList(_ call: MemberListCall) throws(GRPCStatus) -> MemberListReply {
        var member = Member()
        member.id = replies.identity.memberID
        member.name = replies.identity.name
        member.clientURLs = replies.identity.clientURLs
        var reply = MemberListReply()
        reply.header = replies.header(engine.currentRevision)
        reply.members = [member]
        return reply
    }
}

/// `etcdserverpb.Auth`: disabled. Who may use the socket is a matter of its permissions.
struct AuthService: Sendable {
    let engine: any Engine
    let replies: KVReplies

    private static let refused = [
        "AuthEnable", "AuthDisable", "UserAdd", "UserGet", "UserList", "UserDelete", "UserChangePassword",
        "UserGrantRole", "UserRevokeRole", "RoleAdd", "RoleGet", "RoleList", "RoleDelete", "RoleGrantPermission",
        "RoleRevokePermission",
    ]

    var methods: [String: Method] {
        var methods: [String: Method] = [
            "AuthStatus": .immediate(AuthStatusCall.self) { (_) throws(GRPCStatus) in
                var reply = AuthStatusReply()
                reply.header = replies.header(engine.currentRevision)
                reply.authRevision = 1
                return reply
            },
            "Authenticate": .refused(EtcdErrors.authNotEnabled),
        ]
        for name in Self.refused {
            methods[name] = .refused(
                GRPCStatus(.unimplemented, "berth: no users and roles here; access is by the socket's permissions"))
        }
        return methods
    }
}
