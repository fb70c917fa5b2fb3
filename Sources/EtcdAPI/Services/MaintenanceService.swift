internal import NIOCore
internal import NIOPosix
internal import Store

/// What only the store behind the engine knows; asked for each `Status`.
package struct StorageFacts: Sendable, Hashable {
    /// Bytes of the files.
    package var size: Int64
    /// Bytes of them that hold live pages.
    package var sizeInUse: Int64
    /// Bytes; 0: no quota.
    package var quota: Int64
    package var isOutOfSpace: Bool

    package init(size: Int64, sizeInUse: Int64, quota: Int64, isOutOfSpace: Bool) {
        self.size = size
        self.sizeInUse = sizeInUse
        self.quota = quota
        self.isOutOfSpace = isOutOfSpace
    }
}

/// `etcdserverpb.Maintenance` of a cluster of one.
struct MaintenanceService: Sendable {
    /// kube-apiserver switches its features on by this version.
    static let version = "3.6.8"

    let engine: any Engine
    let replies: KVReplies
    let alarms: AlarmBook
    let facts: @Sendable () -> StorageFacts

    var methods: [String: Method] {
        [
            "Status": .waiting(StatusCall.self, status),
            "Alarm": .waiting(AlarmCall.self, alarm),
            "Defragment": .immediate(DefragmentCall.self) { (_) throws(GRPCStatus) in
                var reply = DefragmentReply()
                reply.header = header
                return reply
            },
            "Hash": .unary(HashCall.self, hash),
            "HashKV": .unary(HashKVCall.self, hashKV),
            "Snapshot": .refused(
                GRPCStatus(
                    .unimplemented,
                    "berth: the store is not a bbolt file, so etcdutl could not read it; use 'berth snapshot save'")),
            // etcd's answer where nobody else is there to lead.
            "MoveLeader": .refused(GRPCStatus(.failedPrecondition, "etcdserver: bad leader transferee")),
            "Downgrade": .refused(GRPCStatus(.unimplemented, "berth: there is nothing to downgrade to")),
        ]
    }

    private var header: ResponseHeader { replies.header(engine.currentRevision) }

    func status(_ call: StatusCall) throws(GRPCStatus) -> StatusReply {
        let facts = facts()
        var reply = StatusReply()
        reply.header = header
        reply.version = Self.version
        reply.storageVersion = "3.6.0"
        reply.dbSize = facts.size
        reply.dbSizeInUse = facts.sizeInUse
        reply.dbSizeQuota = facts.quota
        reply.leader = replies.identity.memberID
        reply.raftTerm = Identity.raftTerm
        // One member applies what it commits at once; the revision is as good an index as any.
        reply.raftIndex = UInt64(engine.currentRevision)
        reply.raftAppliedIndex = reply.raftIndex
        reply.errors = activeAlarms(facts).map { "memberID:\($0.memberID) alarm:\($0.alarm.wireName) " }
        return reply
    }

    /// What was activated by hand is deactivated by hand; a NOSPACE of the store's own ends when it has space again.
    func alarm(_ call: AlarmCall) throws(GRPCStatus) -> AlarmReply {
        var reply = AlarmReply()
        reply.header = header
        do throws(StoreError) { reply.alarms = try change(call) } catch { throw EtcdErrors.status(error) }
        return reply
    }

    /// The alarms that were asked for, or the one that was changed.
    private func change(_ call: AlarmCall) throws(StoreError) -> [AlarmMember] {
        switch call.action {
        case .get: activeAlarms(facts()).filter { call.alarm == .none || $0.alarm == call.alarm }
        case .activate: try alarms.activate(call.alarm) ? [member(call.alarm)] : []
        case .deactivate: try alarms.deactivate(call.alarm) ? [member(call.alarm)] : []
        }
    }

    private func activeAlarms(_ facts: StorageFacts) -> [AlarmMember] {
        var active = alarms.active
        if facts.isOutOfSpace { active.insert(.noSpace) }
        return active.sorted { $0.rawValue < $1.rawValue }.map(member)
    }

    private func member(_ alarm: AlarmType) -> AlarmMember {
        var member = AlarmMember()
        member.memberID = replies.identity.memberID
        member.alarm = alarm
        return member
    }

    func hash(_ call: HashCall, _ answer: @escaping @Sendable (Result<HashReply, GRPCStatus>) -> Void) {
        computeHash(revision: 0) { [self] result in
            answer(
                result.map { hash, _ in
                    var reply = HashReply()
                    reply.header = header
                    reply.hash = hash
                    return reply
                })
        }
    }

    func hashKV(_ call: HashKVCall, _ answer: @escaping @Sendable (Result<HashKVReply, GRPCStatus>) -> Void) {
        computeHash(revision: call.revision) { [self] result in
            answer(
                result.map { hash, revision in
                    var reply = HashKVReply()
                    reply.header = header
                    reply.hash = hash
                    reply.hashRevision = revision
                    reply.compactRevision = engine.compactRevision
                    return reply
                })
        }
    }

    /// Reads everything, so it runs off the event loop.
    private func computeHash(
        revision: Int64, _ answer: @escaping @Sendable (Result<(UInt32, Int64), GRPCStatus>) -> Void
    ) {
        NIOSingletons.posixBlockingThreadPool.submit { [engine] _ in
            let at = revision > 0 ? revision : engine.currentRevision
            answer(
                Result { () throws(GRPCStatus) in
                    do throws(StoreError) { return (try KeyspaceHash.of(engine, at: at), at) } catch {
                        throw EtcdErrors.status(error)
                    }
                })
        }
    }
}

/// Equal for two stores with the same keys, values and revisions, and for one store before and after compaction above
/// the hashed revision. Not the number that etcd computes from its own file layout.
enum KeyspaceHash {
    static func of(_ engine: any Engine, at revision: Int64) throws(StoreError) -> UInt32 {
        var hash = FNV1a()
        _ = try engine.scan(RangeRequest(.from([]), revision: revision)) { (row) throws(StoreError) in
            hash.add(row.key)
            hash.add(row.value)
            for number in [row.createRevision, row.modRevision, row.version, row.lease] { hash.add(number) }
            return true
        }
        return hash.value
    }
}

/// http://www.isthe.com/chongo/tech/comp/fnv/, 32 bit.
private struct FNV1a {
    private(set) var value: UInt32 = 2_166_136_261

    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        add(Int64(bytes.count))
        for byte in bytes { add(byte) }
    }
    mutating func add(_ number: Int64) {
        for shift in stride(from: 0, to: 64, by: 8) { add(UInt8(truncatingIfNeeded: number >> Int64(shift))) }
    }
    private mutating func add(_ byte: UInt8) { value = (value ^ UInt32(byte)) &* 16_777_619 }
}
