/// What can be refused without looking at the store (etcd: server/etcdserver/api/v3rpc/key.go).
enum TransactionCheck {
    static func check(_ transaction: Transaction) throws(StoreError) {
        var bytes = 0
        try check(transaction, operationsLeft: StoreLimits.transactionOperations, &bytes)
        _ = try intervals(transaction.success)
        _ = try intervals(transaction.failure)
        if bytes > StoreLimits.requestBytes {
            throw StoreError(
                .requestTooLarge, "the request has \(bytes) bytes; at most \(StoreLimits.requestBytes) are accepted")
        }
    }

    private static func check(
        _ transaction: Transaction, operationsLeft: Int, _ bytes: inout Int
    ) throws(StoreError) {
        let operations = max(transaction.compares.count, transaction.success.count, transaction.failure.count)
        if operations > operationsLeft {
            throw StoreError(
                .tooManyOperations,
                "a transaction has at most \(StoreLimits.transactionOperations) operations; split it")
        }
        for compare in transaction.compares {
            try check(compare.range)
            if case .value(let value) = compare.target { bytes += value.count }
        }
        for operation in transaction.success + transaction.failure {
            try check(operation, operationsLeft: operationsLeft - operations, &bytes)
        }
    }

    private static func check(
        _ operation: Operation, operationsLeft: Int, _ bytes: inout Int
    ) throws(StoreError) {
        switch operation {
        case .range(let request): try check(request.range)
        case .delete(let delete): try check(delete.range)
        case .put(let put):
            try check(.key(put.key))
            if put.key.count > StoreLimits.keyBytes {
                throw StoreError(
                    .keyTooLong, "a key of \(put.key.count) bytes; at most \(StoreLimits.keyBytes) are accepted")
            }
            if put.ignoresValue && !put.value.isEmpty {
                throw StoreError(.invalidArgument, "a put that keeps the present value cannot bring one")
            }
            if put.ignoresLease && put.lease != 0 {
                throw StoreError(.invalidArgument, "a put that keeps the present lease cannot bring one")
            }
            bytes += put.key.count + put.value.count
        case .transaction(let nested): try check(nested, operationsLeft: operationsLeft, &bytes)
        }
    }

    private static func check(_ range: KeyRange) throws(StoreError) {
        if case .key(let key) = range, key.isEmpty {
            throw StoreError(.emptyKey, "an empty key; a key has at least one byte")
        }
    }

    // MARK: A key written twice

    private struct Writes {
        var puts: Set<[UInt8]> = []
        var deletes = KeyCover()

        /// Both are large at times, nested transactions are many: the smaller one moves.
        mutating func take(_ other: inout Writes) {
            if other.puts.count > puts.count { swap(&puts, &other.puts) }
            puts.formUnion(other.puts)
            deletes.take(&other.deletes)
        }
    }

    /// As etcd's `checkIntervals`: the then and the else of one nested transaction may write the same key, because only
    /// one of them runs; everything else that may run together must not, though a nested transaction may delete what one
    /// before it puts. A request may have tens of thousands of each, so nothing here compares every one with every other.
    private static func intervals(_ operations: [Operation]) throws(StoreError) -> Writes {
        var writes = Writes()
        var deletes: [KeyRange] = []
        for case .delete(let delete) in operations { deletes.append(delete.range) }
        writes.deletes = KeyCover(deletes)
        for case .transaction(let nested) in operations {
            var branches = try intervals(nested.success)
            var failure = try intervals(nested.failure)
            branches.take(&failure)
            if let key = branches.puts.anyShared(with: writes.puts) ?? writes.deletes.anyCovered(of: branches.puts) {
                throw writtenTwice(key)
            }
            writes.take(&branches)
        }
        for case .put(let put) in operations {
            if !writes.puts.insert(put.key).inserted || writes.deletes.contains(put.key) { throw writtenTwice(put.key) }
        }
        return writes
    }

    private static func writtenTwice(_ key: [UInt8]) -> StoreError {
        StoreError(.duplicateKey, "key \(String(decoding: key.prefix(80), as: UTF8.self)) is written twice")
    }
}
