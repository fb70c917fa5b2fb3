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

extension Set {
    /// Looks at the elements of the smaller set only.
    fileprivate func anyShared(with other: Set) -> Element? {
        count < other.count ? first(where: { other.contains($0) }) : other.first(where: { contains($0) })
    }
}

/// Single keys and intervals of keys, to be asked whether a key is in one of them.
struct KeyCover {
    private var keys: Set<[UInt8]> = []
    /// Each in order and without overlap, and more than twice as long as the one behind it: there are few, and adding one
    /// interval after the other moves each a few times only.
    private var runs: [[Interval]] = []

    struct Interval {
        var start: [UInt8]
        /// The first key behind it; nil: it has no end.
        var end: [UInt8]?
    }

    init() {}

    init(_ ranges: [KeyRange]) {
        var intervals: [Interval] = []
        for range in ranges {
            switch range {
            case .key(let key): keys.insert(key)
            case .from(let start): intervals.append(Interval(start: start))
            case .interval(let start, let end):
                if Self.isBefore(start, end) { intervals.append(Interval(start: start, end: end)) }
            }
        }
        add(Self.merged(intervals.sorted { Self.isBefore($0.start, $1.start) }, []))
    }

    func contains(_ key: [UInt8]) -> Bool { keys.contains(key) || isInInterval(key) }

    func anyCovered(of others: Set<[UInt8]>) -> [UInt8]? {
        if let key = keys.anyShared(with: others) { return key }
        return runs.isEmpty ? nil : others.first(where: isInInterval)
    }

    /// Leaves the smaller parts of both in `other`.
    mutating func take(_ other: inout KeyCover) {
        if other.keys.count > keys.count { swap(&keys, &other.keys) }
        keys.formUnion(other.keys)
        if other.runs.first?.count ?? 0 > runs.first?.count ?? 0 { swap(&runs, &other.runs) }
        for run in other.runs { add(run) }
    }

    private mutating func add(_ run: [Interval]) {
        if run.isEmpty { return }
        var run = run
        while let last = runs.last, last.count <= 2 * run.count {
            runs.removeLast()
            run = Self.merged(last, run)
        }
        runs.append(run)
    }

    private func isInInterval(_ key: [UInt8]) -> Bool { runs.contains { Self.contains(key, $0) } }

    private static func contains(_ key: [UInt8], _ run: [Interval]) -> Bool {
        var low = 0
        var high = run.count
        while low < high {
            let middle = (low + high) / 2
            if isBefore(key, run[middle].start) { high = middle } else { low = middle + 1 }
        }
        if low == 0 { return false }
        return run[low - 1].end.map { isBefore(key, $0) } ?? true
    }

    /// - Parameters a, b: each sorted by its starts.
    private static func merged(_ a: [Interval], _ b: [Interval]) -> [Interval] {
        var result: [Interval] = []
        result.reserveCapacity(a.count + b.count)
        var (left, right) = (0, 0)
        while left < a.count || right < b.count {
            if right == b.count || (left < a.count && isBefore(a[left].start, b[right].start)) {
                append(a[left], to: &result)
                left += 1
            } else {
                append(b[right], to: &result)
                right += 1
            }
        }
        return result
    }

    /// One that overlaps the last one, or touches it, makes that longer.
    private static func append(_ next: Interval, to result: inout [Interval]) {
        guard let last = result.last, last.end.map({ !isBefore($0, next.start) }) ?? true else {
            return result.append(next)
        }
        guard let end = last.end, let other = next.end else {
            result[result.count - 1].end = nil
            return
        }
        if isBefore(end, other) { result[result.count - 1].end = other }
    }

    private static func isBefore(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        a.withUnsafeBytes { a in b.withUnsafeBytes { b in compareBytes(a, b) } } < 0
    }
}
