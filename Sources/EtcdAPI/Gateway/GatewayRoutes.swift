/// The gateway's paths below `/v3` (or `/v3beta`, which old clients still try), and the methods behind them.
enum GatewayRoutes {
    static func method(for path: some StringProtocol) -> String? {
        for prefix in ["/v3", "/v3beta"] where path.hasPrefix(prefix + "/") {
            return paths[String(path.dropFirst(prefix.count))]
        }
        return nil
    }

    private static let paths: [String: String] = [
        "/kv/range": "/etcdserverpb.KV/Range",
        "/kv/put": "/etcdserverpb.KV/Put",
        "/kv/deleterange": "/etcdserverpb.KV/DeleteRange",
        "/kv/txn": "/etcdserverpb.KV/Txn",
        "/kv/compaction": "/etcdserverpb.KV/Compact",
        "/watch": "/etcdserverpb.Watch/Watch",
        "/lease/grant": "/etcdserverpb.Lease/LeaseGrant",
        "/lease/revoke": "/etcdserverpb.Lease/LeaseRevoke",
        "/lease/keepalive": "/etcdserverpb.Lease/LeaseKeepAlive",
        "/lease/timetolive": "/etcdserverpb.Lease/LeaseTimeToLive",
        "/lease/leases": "/etcdserverpb.Lease/LeaseLeases",
        "/kv/lease/revoke": "/etcdserverpb.Lease/LeaseRevoke",
        "/kv/lease/timetolive": "/etcdserverpb.Lease/LeaseTimeToLive",
        "/kv/lease/leases": "/etcdserverpb.Lease/LeaseLeases",
        "/cluster/member/list": "/etcdserverpb.Cluster/MemberList",
        "/cluster/member/add": "/etcdserverpb.Cluster/MemberAdd",
        "/cluster/member/remove": "/etcdserverpb.Cluster/MemberRemove",
        "/cluster/member/update": "/etcdserverpb.Cluster/MemberUpdate",
        "/cluster/member/promote": "/etcdserverpb.Cluster/MemberPromote",
        "/maintenance/status": "/etcdserverpb.Maintenance/Status",
        "/maintenance/alarm": "/etcdserverpb.Maintenance/Alarm",
        "/maintenance/defragment": "/etcdserverpb.Maintenance/Defragment",
        "/maintenance/hash": "/etcdserverpb.Maintenance/HashKV",
        "/maintenance/snapshot": "/etcdserverpb.Maintenance/Snapshot",
        "/maintenance/transfer-leadership": "/etcdserverpb.Maintenance/MoveLeader",
        "/auth/status": "/etcdserverpb.Auth/AuthStatus",
        "/auth/authenticate": "/etcdserverpb.Auth/Authenticate",
        "/auth/enable": "/etcdserverpb.Auth/AuthEnable",
        "/auth/disable": "/etcdserverpb.Auth/AuthDisable",
        "/lock/lock": "/v3lockpb.Lock/Lock",
        "/lock/unlock": "/v3lockpb.Lock/Unlock",
        "/election/campaign": "/v3electionpb.Election/Campaign",
        "/election/proclaim": "/v3electionpb.Election/Proclaim",
        "/election/leader": "/v3electionpb.Election/Leader",
        "/election/observe": "/v3electionpb.Election/Observe",
        "/election/resign": "/v3electionpb.Election/Resign",
    ]
}
