internal import Store

/// From the store's results to etcd's answers.
struct KVReplies {
    let identity: Identity

    func header(_ revision: Int64) -> ResponseHeader { identity.header(revision) }

    static func keyValue(_ row: KeyValue) -> WireKeyValue {
        var wire = WireKeyValue()
        wire.key = row.key
        wire.value = row.value
        wire.createRevision = row.createRevision
        wire.modRevision = row.modRevision
        wire.version = row.version
        wire.lease = row.lease
        return wire
    }

    func range(_ result: RangeResult, header: Bool = true) -> RangeReply {
        var reply = RangeReply()
        if header { reply.header = self.header(result.revision) }
        reply.kvs = result.rows.map(Self.keyValue)
        reply.more = result.more
        reply.count = Int64(result.count)
        return reply
    }

    func put(_ previous: KeyValue?, _ header: ResponseHeader?) -> PutReply {
        var reply = PutReply()
        reply.header = header
        reply.prevKv = previous.map(Self.keyValue)
        return reply
    }

    func delete(_ count: Int, _ previous: [KeyValue], _ header: ResponseHeader?) -> DeleteRangeReply {
        var reply = DeleteRangeReply()
        reply.header = header
        reply.deleted = Int64(count)
        reply.prevKvs = previous.map(Self.keyValue)
        return reply
    }

    func transaction(_ result: TransactionResult) -> TransactionReply {
        var revisions = TransactionRevisions(result)
        var reply = operations(result, &revisions)
        reply.header = header(result.revision)
        return reply
    }

    private func operations(_ result: TransactionResult, _ revisions: inout TransactionRevisions) -> TransactionReply {
        var reply = TransactionReply()
        reply.succeeded = result.succeeded
        for operation in result.results { reply.responses.append(self.operation(operation, &revisions)) }
        return reply
    }

    private func operation(_ result: OperationResult, _ revisions: inout TransactionRevisions) -> OperationReply {
        switch result {
        case .range(let result):
            var reply = range(result, header: false)
            reply.header = revisions.headerOfRead()
            return OperationReply(.range(reply))
        case .put(let previous): return OperationReply(.put(put(previous, revisions.headerOfWrite(count: 1))))
        case .delete(let count, let previous):
            return OperationReply(.deleteRange(delete(count, previous, revisions.headerOfWrite(count: count))))
        case .transaction(let nested):
            var reply = operations(nested, &revisions)
            reply.header = ResponseHeader()
            return OperationReply(.transaction(reply))
        }
    }
}

/// The headers of answers inside a transaction carry a revision and nothing else: the one before the transaction up to
/// its first change, its own from there on (etcd `server/etcdserver/apply.go`). That of a nested transaction is empty.
private struct TransactionRevisions {
    private let own: Int64
    private let writes: Bool
    private var hasWritten = false

    init(_ result: TransactionResult) {
        own = result.revision
        writes = Self.writes(result)
    }

    mutating func headerOfWrite(count: Int) -> ResponseHeader {
        hasWritten = hasWritten || count > 0
        return headerOfRead()
    }

    func headerOfRead() -> ResponseHeader {
        var header = ResponseHeader()
        header.revision = writes && !hasWritten ? own - 1 : own
        return header
    }

    private static func writes(_ result: TransactionResult) -> Bool {
        result.results.contains { operation in
            switch operation {
            case .range: false
            case .put: true
            case .delete(let count, _): count > 0
            case .transaction(let nested): writes(nested)
            }
        }
    }
}

/// Who answers. A cluster of one has no elections, so its term never changes.
package struct Identity: Sendable, Hashable {
    package var clusterID: UInt64
    package var memberID: UInt64
    package var name: String
    package var clientURLs: [String]

    package init(clusterID: UInt64, memberID: UInt64, name: String, clientURLs: [String]) {
        self.clusterID = clusterID
        self.memberID = memberID
        self.name = name
        self.clientURLs = clientURLs
    }

    static let raftTerm: UInt64 = 2

    func header(_ revision: Int64) -> ResponseHeader {
        var header = ResponseHeader()
        header.clusterID = clusterID
        header.memberID = memberID
        header.revision = revision
        header.raftTerm = Self.raftTerm
        return header
    }
}
