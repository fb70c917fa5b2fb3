internal import NIOCore
internal import Store

/// `etcdserverpb.KV`. Reads are answered on the event loop; writes go to the store's writer and come back.
struct KVService: Sendable {
    let engine: any Engine
    let replies: KVReplies
    let guardian: WriteGuard

    var methods: [String: Method] {
        [
            "Range": .encoded(RangeCall.self, RangeReply.self, range),
            "Put": .unary(PutCall.self, put),
            "DeleteRange": .unary(DeleteRangeCall.self, deleteRange),
            "Txn": .unary(TransactionCall.self, transaction),
            "Compact": .unary(CompactionCall.self, compact),
        ]
    }

    func range(_ call: RangeCall) throws(GRPCStatus) -> ByteBuffer {
        let request = try KVRequests.range(call)
        if let answer = RangeEncoder(engine: engine, identity: replies.identity).answer(request) {
            return try answer.get()
        }
        do throws(StoreError) {
            return MessageFramer.frame(replies.range(try engine.range(request)), ByteBufferAllocator())
        } catch { throw EtcdErrors.status(error) }
    }

    func put(_ call: PutCall, _ answer: @escaping @Sendable (Result<PutReply, GRPCStatus>) -> Void) {
        submit(answer) { () throws(GRPCStatus) in
            Transaction(success: [.put(try KVRequests.put(call))])
        } reply: { result in
            guard case .put(let previous)? = result.results.first else { return PutReply() }
            return replies.put(previous, replies.header(result.revision))
        }
    }

    func deleteRange(
        _ call: DeleteRangeCall, _ answer: @escaping @Sendable (Result<DeleteRangeReply, GRPCStatus>) -> Void
    ) {
        submit(answer) { () throws(GRPCStatus) in
            Transaction(success: [.delete(try KVRequests.delete(call))])
        } reply: { result in
            guard case .delete(let count, let previous)? = result.results.first else { return DeleteRangeReply() }
            return replies.delete(count, previous, replies.header(result.revision))
        }
    }

    func transaction(
        _ call: TransactionCall, _ answer: @escaping @Sendable (Result<TransactionReply, GRPCStatus>) -> Void
    ) {
        submit(answer) { () throws(GRPCStatus) in
            try KVRequests.transaction(call)
        } reply: { result in
            replies.transaction(result)
        }
    }

    func compact(
        _ call: CompactionCall, _ answer: @escaping @Sendable (Result<CompactionReply, GRPCStatus>) -> Void
    ) {
        // etcd answers its own errors for these two before it writes anything.
        if call.revision > engine.currentRevision { return answer(.failure(EtcdErrors.futureRevision)) }
        engine.compact(to: call.revision) { result in
            answer(
                result.mapError(EtcdErrors.status).map { _ in
                    var reply = CompactionReply()
                    reply.header = replies.header(engine.currentRevision)
                    return reply
                })
        }
    }

    private func submit<Reply>(
        _ answer: @escaping @Sendable (Result<Reply, GRPCStatus>) -> Void,
        _ request: () throws(GRPCStatus) -> Transaction,
        reply: @escaping @Sendable (TransactionResult) -> Reply
    ) {
        let transaction: Transaction
        do throws(GRPCStatus) {
            transaction = try request()
            try guardian.check(transaction)
        } catch { return answer(.failure(error)) }
        engine.submit(transaction, origin: Origin("etcd")) { result in
            answer(result.mapError(EtcdErrors.status).map(reply))
        }
    }
}

/// Beside the Kubernetes API, its keys are read-only here: a write that goes past Registry would break what it
/// promises. A pure etcd (`--serve etcd`) has no such keys.
struct WriteGuard: Sendable {
    static let kubernetes = WriteGuard(prefixes: ["/registry/", "/berth/"])
    static let none = WriteGuard(prefixes: [])

    let ranges: [KeyRange]

    init(prefixes: [String]) { ranges = prefixes.map { .prefix(Array($0.utf8)) } }

    func check(_ transaction: Transaction) throws(GRPCStatus) {
        guard !ranges.isEmpty else { return }
        for operation in transaction.success + transaction.failure {
            switch operation {
            case .range: break
            case .put(let put): try check(.key(put.key))
            case .delete(let delete): try check(delete.range)
            case .transaction(let nested): try check(nested)
            }
        }
    }

    private func check(_ range: KeyRange) throws(GRPCStatus) {
        if ranges.contains(where: { $0.overlaps(range) }) { throw EtcdErrors.readOnlyKey }
    }
}

extension KeyRange {
    /// The two have a key in common, or could have one.
    func overlaps(_ other: KeyRange) -> Bool {
        let (start, end) = bounds
        let (otherStart, otherEnd) = other.bounds
        let startsBeforeEnd = otherEnd.map { start.lexicographicallyPrecedes($0) } ?? true
        let endsAfterStart = end.map { otherStart.lexicographicallyPrecedes($0) } ?? true
        return startsBeforeEnd && endsAfterStart
    }

    /// Half-open; nil: no end.
    private var bounds: (start: [UInt8], end: [UInt8]?) {
        switch self {
        case .key(let key): (key, key + [0])
        case .interval(let start, let end): (start, end)
        case .from(let start): (start, nil)
        }
    }
}
