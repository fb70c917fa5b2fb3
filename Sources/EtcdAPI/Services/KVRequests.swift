internal import Store

/// From etcd's requests to the store's, with the checks that etcd makes before it looks at the data
/// (etcd `server/etcdserver/api/v3rpc/key.go`).
enum KVRequests {
    static let operationLimit = 128

    /// `range_end` empty: one key; `\0`: everything from `key` on. A key of `\0` with an end of `\0` is everything.
    static func keyRange(_ key: [UInt8], _ end: [UInt8]) -> KeyRange {
        if end.isEmpty { return .key(key) }
        if end == [0] { return .from(key == [0] ? [] : key) }
        return .interval(start: key, end: end)
    }

    static func range(_ call: RangeCall) throws(GRPCStatus) -> RangeRequest {
        guard !call.key.isEmpty else { throw EtcdErrors.emptyKey }
        if call.hasUnknownSort { throw EtcdErrors.invalidSortOption }
        var request = RangeRequest(
            keyRange(call.key, call.rangeEnd), revision: max(0, call.revision), limit: Int(max(0, call.limit)))
        request.keysOnly = call.keysOnly
        request.countOnly = call.countOnly
        request.sortTarget =
            switch call.sortTarget {
            case .key: .key
            case .version: .version
            case .create: .createRevision
            case .mod: .modRevision
            case .value: .value
            }
        request.sortOrder =
            switch call.sortOrder {
            case .none: .none
            case .ascend: .ascending
            case .descend: .descending
            }
        request.minModRevision = call.minModRevision
        request.maxModRevision = call.maxModRevision
        request.minCreateRevision = call.minCreateRevision
        request.maxCreateRevision = call.maxCreateRevision
        return request
    }

    static func put(_ call: PutCall) throws(GRPCStatus) -> Put {
        guard !call.key.isEmpty else { throw EtcdErrors.emptyKey }
        if call.ignoreValue, !call.value.isEmpty { throw EtcdErrors.valueProvided }
        if call.ignoreLease, call.lease != 0 { throw EtcdErrors.leaseProvided }
        var put = Put(key: call.key, value: call.value, lease: call.lease, returnsPrevious: call.prevKv)
        put.ignoresValue = call.ignoreValue
        put.ignoresLease = call.ignoreLease
        return put
    }

    static func delete(_ call: DeleteRangeCall) throws(GRPCStatus) -> Delete {
        guard !call.key.isEmpty else { throw EtcdErrors.emptyKey }
        return Delete(keyRange(call.key, call.rangeEnd), returnsPrevious: call.prevKv)
    }

    static func transaction(_ call: TransactionCall) throws(GRPCStatus) -> Transaction {
        guard max(call.compare.count, call.success.count, call.failure.count) <= operationLimit else {
            throw EtcdErrors.tooManyOperations
        }
        var compares: [Compare] = []
        for one in call.compare { compares.append(try compare(one)) }
        return Transaction(
            compares: compares, success: try operations(call.success), failure: try operations(call.failure))
    }

    private static func operations(_ calls: [OperationCall]) throws(GRPCStatus) -> [Operation] {
        var operations: [Operation] = []
        for call in calls {
            switch call.request {
            case .range(let call): operations.append(.range(try range(call)))
            case .put(let call): operations.append(.put(try put(call)))
            case .deleteRange(let call): operations.append(.delete(try delete(call)))
            case .transaction(let call): operations.append(.transaction(try transaction(call)))
            case nil: throw EtcdErrors.keyNotFound
            }
        }
        return operations
    }

    private static func compare(_ call: CompareCall) throws(GRPCStatus) -> Compare {
        guard !call.key.isEmpty else { throw EtcdErrors.emptyKey }
        let relation: Compare.Relation =
            switch call.result {
            case .equal: .equal
            case .greater: .greater
            case .less: .less
            case .notEqual: .notEqual
            }
        return Compare(keyRange(call.key, call.rangeEnd), relation, operand(call))
    }

    /// What was sent counts only if it belongs to the target; else the target's zero, as in etcd.
    private static func operand(_ call: CompareCall) -> Compare.Target {
        switch (call.target, call.operand) {
        case (.version, .version(let value)): .version(value)
        case (.version, _): .version(0)
        case (.create, .createRevision(let value)): .createRevision(value)
        case (.create, _): .createRevision(0)
        case (.mod, .modRevision(let value)): .modRevision(value)
        case (.mod, _): .modRevision(0)
        case (.value, .value(let value)): .value(value)
        case (.value, _): .value([])
        case (.lease, .lease(let value)): .lease(value)
        case (.lease, _): .lease(0)
        }
    }
}
