internal import NIOCore
internal import Store

/// `etcdserverpb.KV`. Reads are answered on the event loop; writes go to the store's writer and come back, but for those
/// of a client who is alone.
struct KVService: Sendable {
    let engine: any Engine
    let replies: KVReplies
    let guardian: WriteGuard

    var methods: [String: Method] {
        [
            "Range": .encoded(RangeCall.self, RangeReply.self, range),
            "Put": .deferred(PutCall.self, put),
            "DeleteRange": .deferred(DeleteRangeCall.self, deleteRange),
            "Txn": .deferred(TransactionCall.self, transaction),
            "Compact": .unary(CompactionCall.self, compact),
        ]
    }

    /// Makes a reply, or the error instead of it, on the connection's event loop.
    typealias Answer<Reply> = @Sendable (@escaping @Sendable () throws(GRPCStatus) -> Reply) -> Void

    func range(_ call: RangeCall, _ buffer: inout ByteBuffer) throws(GRPCStatus) {
        let request = try KVRequests.range(call)
        do throws(StoreError) {
            if request.isPlain {
                try RangeEncoder(engine: engine, identity: replies.identity).append(request, to: &buffer)
            } else {
                ProtobufWriter.append(replies.range(try engine.range(request)), to: &buffer)
            }
        } catch {
            throw error.code == .requestTooLarge ? RangeEncoder.tooLarge : EtcdErrors.status(error)
        }
    }

    func put(_ call: PutCall, _ isAlone: Bool, _ answer: @escaping Answer<PutReply>) {
        submit(isAlone, answer) { () throws(GRPCStatus) in
            Transaction(success: [.put(try KVRequests.put(call))])
        } reply: { result in
            guard case .put(let previous)? = result.results.first else { return PutReply() }
            return replies.put(previous, replies.header(result.revision))
        }
    }

    func deleteRange(_ call: DeleteRangeCall, _ isAlone: Bool, _ answer: @escaping Answer<DeleteRangeReply>) {
        submit(isAlone, answer) { () throws(GRPCStatus) in
            Transaction(success: [.delete(try KVRequests.delete(call))])
        } reply: { result in
            guard case .delete(let count, let previous)? = result.results.first else { return DeleteRangeReply() }
            return replies.delete(count, previous, replies.header(result.revision))
        }
    }

    func transaction(_ call: TransactionCall, _ isAlone: Bool, _ answer: @escaping Answer<TransactionReply>) {
        submit(isAlone, answer) { () throws(GRPCStatus) in
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

    /// - Parameter isAlone: the event loop has nothing else to do: it may write by itself.
    private func submit<Reply>(
        _ isAlone: Bool, _ answer: @escaping Answer<Reply>, _ request: () throws(GRPCStatus) -> Transaction,
        reply: @escaping @Sendable (TransactionResult) -> Reply
    ) {
        let transaction: Transaction
        do throws(GRPCStatus) {
            transaction = try request()
            try guardian.check(transaction)
        } catch { return answer { () throws(GRPCStatus) in throw error } }
        engine.submit(transaction, origin: Origin("etcd"), onCallersThread: isAlone) { result in
            answer { () throws(GRPCStatus) in
                switch result {
                case .success(let result): reply(result)
                case .failure(let error): throw EtcdErrors.status(error)
                }
            }
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
