/// Runs one transaction against the newest state: compares, then the chosen operations in order, each seeing what the
/// ones before it wrote. Everything that can fail is checked before the first change, so that nothing has to be
/// taken back.
struct TransactionExecutor: ~Copyable {
    let view: ReadView
    let state: WriterState
    let now: Int64
    let space: SpaceKeeper
    /// Key and value bytes in the generation before the batch, which `space` does not know yet.
    let content: Int64

    /// Appends the changes to the batch.
    func execute(_ transaction: Transaction, origin: Origin) throws(StoreError) -> TransactionResult {
        try TransactionCheck.check(transaction)
        let plan = try decide(transaction)
        var cost = Cost(logBytes: 8 + 24 + StoreLimits.originBytes)
        try check(plan, &cost)
        try admit(cost, isRelease: transaction.isRelease)
        var changes = ChangeWriter(state: state, origin: origin, now: now)
        let result = try run(plan, &changes)
        changes.finish()
        return stamped(result, with: state.revision)
    }

    // MARK: Deciding

    private struct Plan {
        var succeeded: Bool
        var operations: [Operation]
        /// Of the nested transactions among `operations`, in order.
        var nested: [Plan]
    }

    /// All compares, nested ones too, see the state before the transaction (etcd: `compareToPath`).
    private func decide(_ transaction: Transaction) throws(StoreError) -> Plan {
        var succeeded = true
        for compare in transaction.compares where succeeded { succeeded = try holds(compare) }
        let operations = succeeded ? transaction.success : transaction.failure
        var nested: [Plan] = []
        for case .transaction(let inner) in operations { nested.append(try decide(inner)) }
        return Plan(succeeded: succeeded, operations: operations, nested: nested)
    }

    private func holds(_ compare: Compare) throws(StoreError) -> Bool {
        var any = false
        var all = true
        try forEach(compare.range) { record throws(StoreError) in
            any = true
            all = Self.holds(compare, record.header, record.value)
            return all
        }
        if any { return all }
        if case .value = compare.target { return false }
        let missing = RecordHeader(revision: .none, createRevision: 0, version: 0, lease: 0, previous: .none)
        return Self.holds(compare, missing, UnsafeRawBufferPointer(start: nil, count: 0))
    }

    private static func holds(_ compare: Compare, _ header: RecordHeader, _ value: UnsafeRawBufferPointer) -> Bool {
        let order: Int =
            switch compare.target {
            case .version(let wanted): Self.order(header.version, wanted)
            case .createRevision(let wanted): Self.order(header.createRevision, wanted)
            case .modRevision(let wanted): Self.order(header.revision.main, wanted)
            case .lease(let wanted): Self.order(header.lease, wanted)
            case .value(let wanted): wanted.withUnsafeBytes { compareBytes(value, $0) }
            }
        return switch compare.relation {
        case .equal: order == 0
        case .notEqual: order != 0
        case .greater: order > 0
        case .less: order < 0
        }
    }

    private static func order(_ a: Int64, _ b: Int64) -> Int { a < b ? -1 : a > b ? 1 : 0 }

    // MARK: Checking

    /// Puts before ranges, as etcd: that decides which of two errors is told.
    private func check(_ plan: Plan, _ cost: inout Cost) throws(StoreError) {
        try checkWrites(plan, &cost)
        try checkReads(plan)
    }

    /// In the order of the operations, nested ones in their place (etcd: `checkRequests`).
    private func checkWrites(_ plan: Plan, _ cost: inout Cost) throws(StoreError) {
        var nested = plan.nested.makeIterator()
        for operation in plan.operations {
            switch operation {
            case .put(let put): try check(put, &cost)
            case .delete(let delete): try check(delete, &cost)
            case .range: break
            case .transaction: if let inner = nested.next() { try checkWrites(inner, &cost) }
            }
        }
    }

    private func checkReads(_ plan: Plan) throws(StoreError) {
        var nested = plan.nested.makeIterator()
        for operation in plan.operations {
            switch operation {
            case .range(let request):
                _ = try RangeEvaluator.revision(
                    asked: request.revision, current: state.revision, compacted: state.compactRevision)
            case .put, .delete: break
            case .transaction: if let inner = nested.next() { try checkReads(inner) }
            }
        }
    }

    /// What the plan takes at most.
    private struct Cost {
        /// Key and value bytes that puts add.
        var growth = 0
        var puts = 0
        /// Of deletions of whole ranges.
        var deletedBytes = 0
        var deletesRanges = false
        /// For what is there before the transaction.
        private var logBytes: Int
        /// For deleting again what the transaction itself puts.
        private var againBytes = 0

        init(logBytes: Int) { self.logBytes = logBytes }

        /// A nested transaction may delete a range with keys that one before it has put.
        var mostLogBytes: Int { deletesRanges ? logBytes + againBytes : logBytes }

        mutating func put(_ key: Int, _ value: Int) {
            puts += 1
            growth += key + value
            logBytes += ChangeWriter.changeBytes + key + value
            againBytes += ChangeWriter.changeBytes + key
        }

        mutating func delete(_ key: Int) { logBytes += ChangeWriter.changeBytes + key }

        /// One key of a range.
        mutating func deleteInRange(_ key: Int) {
            deletedBytes += ChangeWriter.changeBytes + key
            delete(key)
        }
    }

    /// Growth is refused when space is short; anything is when the log has no room for it. A value that is kept costs as
    /// much as one that is brought, so a short request can be too large.
    private func admit(_ cost: Cost, isRelease: Bool) throws(StoreError) {
        if cost.mostLogBytes > StoreLimits.transactionLogBytes {
            throw StoreError(
                .requestTooLarge,
                "the transaction takes \(cost.mostLogBytes) bytes of the log; at most "
                    + "\(StoreLimits.transactionLogBytes) are accepted; split it")
        }
        if cost.puts > 0, !isRelease {
            let pending = state.generation.memtable.contentBytes - content
            try space.admit(growth: pending + Int64(cost.growth))
        }
        if cost.mostLogBytes > state.room - state.payload.count { throw SpaceKeeper.diskIsShort("the log") }
    }

    private func check(_ put: Put, _ cost: inout Cost) throws(StoreError) {
        var value = put.value.count
        if put.ignoresValue || put.ignoresLease {
            let record = try put.key.withRawBytes { key throws(StoreError) in try view.record(key, at: .max) }
            guard let record, !record.isTombstone else {
                throw StoreError(.keyNotFound, "the key whose value or lease is to be kept does not exist")
            }
            if put.ignoresValue { value = record.value.count }
        }
        if put.lease != 0, state.leases.live(put.lease) == nil {
            throw StoreError(.leaseNotFound, "lease \(put.lease) does not exist")
        }
        cost.put(put.key.count, value)
    }

    /// One record must fit into one log segment, and who waits for it must not wait for long.
    private func check(_ delete: Delete, _ cost: inout Cost) throws(StoreError) {
        if case .key(let key) = delete.range { return cost.delete(key.count) }
        var sum = cost
        sum.deletesRanges = true
        try forEach(delete.range) { record throws(StoreError) in
            sum.deleteInRange(record.key.count)
            return sum.deletedBytes <= StoreLimits.deletionBytes
        }
        cost = sum
        if cost.deletedBytes > StoreLimits.deletionBytes {
            throw StoreError(
                .requestTooLarge, "the range holds too many keys for one transaction; delete it in smaller ranges")
        }
    }

    // MARK: Running

    private func run(_ plan: Plan, _ changes: inout ChangeWriter) throws(StoreError) -> TransactionResult {
        var results: [OperationResult] = []
        results.reserveCapacity(plan.operations.count)
        var nested = plan.nested.makeIterator()
        for operation in plan.operations {
            switch operation {
            case .range(let request): results.append(.range(try range(request, changes)))
            case .put(let put): results.append(.put(previous: try self.put(put, &changes)))
            case .delete(let delete): results.append(try self.delete(delete, &changes))
            case .transaction:
                if let inner = nested.next() { results.append(.transaction(try run(inner, &changes))) }
            }
        }
        return TransactionResult(succeeded: plan.succeeded, revision: state.revision, results: results)
    }

    private func range(_ request: RangeRequest, _ changes: ChangeWriter) throws(StoreError) -> RangeResult {
        let current = changes.isEmpty ? state.revision : changes.revision
        // Without a revision a range sees what the transaction has written so far.
        let revision = request.revision > 0 ? request.revision : Int64.max
        let evaluator = RangeEvaluator(request: request)
        return try evaluator.evaluate(revision: current) { visit throws(StoreError) in
            if case .key(let key) = request.range {
                let record = try key.withRawBytes { key throws(StoreError) in try view.record(key, at: revision) }
                if let record, !record.isTombstone { _ = try visit(record) }
                return
            }
            _ = try view.scan(
                ScanBounds(request.range), at: revision, verifying: evaluator.needsValues, rows: .max, visit)
        }
    }

    private func put(_ put: Put, _ changes: inout ChangeWriter) throws(StoreError) -> KeyValue? {
        try put.key.withRawBytes { key throws(StoreError) in
            let old = try view.record(key, at: .max)
            let alive = old.flatMap { $0.isTombstone ? nil : $0 }
            let previous = put.returnsPrevious ? alive?.keyValue() : nil
            let lease = put.ignoresLease ? alive?.header.lease ?? 0 : put.lease
            if put.ignoresValue, let alive {
                changes.put(key, alive.value, lease: lease, over: old)
            } else {
                put.value.withUnsafeBytes { changes.put(key, $0, lease: lease, over: old) }
            }
            return previous
        }
    }

    private func delete(_ delete: Delete, _ changes: inout ChangeWriter) throws(StoreError) -> OperationResult {
        var previous: [KeyValue] = []
        var doomed: [RecordView] = []
        try forEach(delete.range) { record throws(StoreError) in
            if delete.returnsPrevious { previous.append(record.keyValue()) }
            doomed.append(record)
            return true
        }
        for record in doomed { changes.delete(record) }
        return .delete(count: doomed.count, previous: previous)
    }

    /// Every existing key of a range with its newest record, which points into memory that this view keeps.
    private func forEach(
        _ range: KeyRange, _ body: (RecordView) throws(StoreError) -> Bool
    ) throws(StoreError) {
        if case .key(let key) = range {
            let record = try key.withRawBytes { key throws(StoreError) in try view.record(key, at: .max) }
            if let record, !record.isTombstone { _ = try body(record) }
            return
        }
        _ = try view.scan(ScanBounds(range), at: .max, verifying: true, rows: .max, body)
    }

    /// Nested transactions answer with the revision of the whole, too.
    private func stamped(_ result: TransactionResult, with revision: Int64) -> TransactionResult {
        var result = result
        result.revision = revision
        for index in result.results.indices {
            if case .transaction(let inner) = result.results[index] {
                result.results[index] = .transaction(stamped(inner, with: revision))
            }
        }
        return result
    }
}
