internal import Store

/// `v3lockpb.Lock`.
struct LockService: Sendable {
    let engine: any Engine
    let replies: KVReplies
    private var queue: Queueing { Queueing(engine: engine) }

    var methods: [String: Method] {
        [
            "Lock": .task(LockCall.self, LockReply.self) { (call, stream) throws(GRPCStatus) in
                stream.send(try await lock(call))
            },
            "Unlock": .task(UnlockCall.self, UnlockReply.self) { (call, stream) throws(GRPCStatus) in
                stream.send(try await unlock(call))
            },
        ]
    }

    func lock(_ call: LockCall) async throws(GRPCStatus) -> LockReply {
        let place = try await queue.enter(call.name, lease: call.lease, value: [])
        try await queue.waitForTurn(call.name, place)
        var reply = LockReply()
        reply.header = replies.header(engine.currentRevision)
        reply.key = place.key
        return reply
    }

    func unlock(_ call: UnlockCall) async throws(GRPCStatus) -> UnlockReply {
        guard !call.key.isEmpty else { throw EtcdErrors.emptyKey }
        let result = try await queue.transact(Transaction(success: [.delete(Delete(.key(call.key)))]))
        var reply = UnlockReply()
        reply.header = replies.header(result.revision)
        return reply
    }
}

/// `v3electionpb.Election`.
struct ElectionService: Sendable {
    let engine: any Engine
    let replies: KVReplies
    private var queue: Queueing { Queueing(engine: engine) }

    var methods: [String: Method] {
        [
            "Campaign": .task(CampaignCall.self, CampaignReply.self) { (call, stream) throws(GRPCStatus) in
                stream.send(try await campaign(call))
            },
            "Proclaim": .task(ProclaimCall.self, ProclaimReply.self) { (call, stream) throws(GRPCStatus) in
                stream.send(try await proclaim(call))
            },
            "Leader": .immediate(LeaderCall.self) { (call) throws(GRPCStatus) in try leader(call) },
            "Observe": .task(LeaderCall.self, LeaderReply.self, serverStreams: true) {
                (call, stream) throws(GRPCStatus) in
                try await observe(call, stream)
            },
            "Resign": .task(ResignCall.self, ResignReply.self) { (call, stream) throws(GRPCStatus) in
                stream.send(try await resign(call))
            },
        ]
    }

    func campaign(_ call: CampaignCall) async throws(GRPCStatus) -> CampaignReply {
        let place = try await queue.enter(call.name, lease: call.lease, value: call.value)
        if let value = place.existingValue, value != call.value {
            _ = try await put(call.value, key: place.key, createRevision: place.createRevision, lease: place.lease)
        }
        try await queue.waitForTurn(call.name, place)
        var key = LeaderKey()
        key.name = call.name
        key.key = place.key
        key.rev = place.createRevision
        key.lease = place.lease
        var reply = CampaignReply()
        reply.header = replies.header(engine.currentRevision)
        reply.leader = key
        return reply
    }

    func proclaim(_ call: ProclaimCall) async throws(GRPCStatus) -> ProclaimReply {
        let leader = try require(call.leader)
        var reply = ProclaimReply()
        reply.header = replies.header(
            try await put(call.value, key: leader.key, createRevision: leader.rev, lease: leader.lease))
        return reply
    }

    func leader(_ call: LeaderCall) throws(GRPCStatus) -> LeaderReply {
        let found = try current(call.name)
        guard let row = found.rows.first else { throw EtcdErrors.electionNoLeader }
        var reply = LeaderReply()
        reply.header = replies.header(found.revision)
        reply.kv = KVReplies.keyValue(row)
        return reply
    }

    /// Sends the leader, and each that follows.
    func observe(_ call: LeaderCall, _ stream: any CallStream) async throws(GRPCStatus) {
        var sent: KeyValue?
        while !Task.isCancelled {
            let found = try current(call.name)
            if let row = found.rows.first, row != sent {
                var reply = LeaderReply()
                reply.header = replies.header(found.revision)
                reply.kv = KVReplies.keyValue(row)
                stream.send(reply)
                sent = row
            }
            let changes = try EventStream.of(engine, .prefix(Queueing.prefix(call.name)), from: found.revision + 1)
            for await signal in changes {
                if case .cancelled(.closed) = signal { throw EtcdErrors.stopped }
                break
            }
        }
    }

    func resign(_ call: ResignCall) async throws(GRPCStatus) -> ResignReply {
        let leader = try require(call.leader)
        let result = try await queue.transact(
            Transaction(
                compares: [Compare(.key(leader.key), .equal, .createRevision(leader.rev))],
                success: [.delete(Delete(.key(leader.key)))]))
        var reply = ResignReply()
        reply.header = replies.header(result.revision)
        return reply
    }

    private func require(_ leader: LeaderKey?) throws(GRPCStatus) -> LeaderKey {
        guard let leader, !leader.key.isEmpty else {
            throw GRPCStatus(.invalidArgument, "\"leader\" field must be provided")
        }
        return leader
    }

    private func current(_ name: [UInt8]) throws(GRPCStatus) -> RangeResult {
        var request = RangeRequest(.prefix(Queueing.prefix(name)), limit: 1)
        request.sortTarget = .createRevision
        request.sortOrder = .ascending
        return try queue.read(request)
    }

    private func put(
        _ value: [UInt8], key: [UInt8], createRevision: Int64, lease: Int64
    ) async throws(GRPCStatus) -> Int64 {
        let result = try await queue.transact(
            Transaction(
                compares: [Compare(.key(key), .equal, .createRevision(createRevision))],
                success: [.put(Put(key: key, value: value, lease: lease))]))
        guard result.succeeded else { throw EtcdErrors.electionNotLeader }
        return result.revision
    }
}
