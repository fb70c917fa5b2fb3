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
        var reply = TransactionReply()
        reply.header = header(result.revision)
        reply.succeeded = result.succeeded
        reply.responses = result.results.map { operation($0, result.revision) }
        return reply
    }

    /// Answers inside a transaction carry a header with the revision alone, as etcd's do.
    private func operation(_ result: OperationResult, _ revision: Int64) -> OperationReply {
        var header = ResponseHeader()
        header.revision = revision
        switch result {
        case .range(let result):
            var reply = range(result, header: false)
            reply.header = header
            return OperationReply(.range(reply))
        case .put(let previous): return OperationReply(.put(put(previous, header)))
        case .delete(let count, let previous): return OperationReply(.deleteRange(delete(count, previous, header)))
        case .transaction(let nested):
            var reply = transaction(nested)
            reply.header = header
            return OperationReply(.transaction(reply))
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
