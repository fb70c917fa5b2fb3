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
        var deletes: [KeyRange] = []
        func deletes(_ key: [UInt8]) -> Bool { deletes.contains { $0.contains(key) } }
    }

    /// As etcd's `checkIntervals`: the then and the else of one nested transaction may write the same key, because only
    /// one of them runs; everything else that may run together must not.
    private static func intervals(_ operations: [Operation]) throws(StoreError) -> Writes {
        var writes = Writes()
        for case .delete(let delete) in operations { writes.deletes.append(delete.range) }
        for case .transaction(let nested) in operations {
            let success = try intervals(nested.success)
            let failure = try intervals(nested.failure)
            for key in success.puts.union(failure.puts) { try add(key, to: &writes) }
            writes.deletes += success.deletes + failure.deletes
        }
        for case .put(let put) in operations { try add(put.key, to: &writes) }
        return writes
    }

    private static func add(_ key: [UInt8], to writes: inout Writes) throws(StoreError) {
        if !writes.puts.insert(key).inserted || writes.deletes(key) {
            throw StoreError(
                .duplicateKey, "key \(String(decoding: key.prefix(80), as: UTF8.self)) is written twice")
        }
    }
}
