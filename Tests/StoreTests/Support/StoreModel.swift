import Store

/// What the engine should do, as simply as it can be said: every revision's whole contents are kept.
struct StoreModel {
    private(set) var revision: Int64 = 1
    private(set) var compacted: Int64 = 0
    private var states: [[[UInt8]: KeyValue]] = [[:], [:]]

    private var current: [[UInt8]: KeyValue] { states[Int(revision)] }

    func newest(_ key: [UInt8]) -> KeyValue? { current[key] }

    // MARK: Transactions

    mutating func execute(_ transaction: Transaction) -> Result<TransactionResult, Failure> {
        if writesTwice(transaction.success) || writesTwice(transaction.failure) {
            return .failure(Failure(code: .duplicateKey))
        }
        let succeeded = transaction.compares.allSatisfy(holds)
        var next = current
        var wrote = false
        var results: [OperationResult] = []
        for operation in succeeded ? transaction.success : transaction.failure {
            switch operation {
            case .range(let request):
                results.append(.range(evaluate(request, next, revision + (wrote ? 1 : 0))))
            case .put(let put):
                let old = next[put.key]
                next[put.key] = KeyValue(
                    key: put.key, value: put.value, createRevision: old?.createRevision ?? revision + 1,
                    modRevision: revision + 1, version: (old?.version ?? 0) + 1, lease: put.lease)
                results.append(.put(previous: put.returnsPrevious ? old : nil))
                wrote = true
            case .delete(let delete):
                let doomed = rows(delete.range, next)
                for row in doomed { next[row.key] = nil }
                results.append(.delete(count: doomed.count, previous: delete.returnsPrevious ? doomed : []))
                if !doomed.isEmpty { wrote = true }
            case .transaction: preconditionFailure("the model has no nested transactions")
            }
        }
        if wrote {
            revision += 1
            states.append(next)
        }
        return .success(TransactionResult(succeeded: succeeded, revision: revision, results: results))
    }

    typealias Failure = ModelFailure

    private func writesTwice(_ operations: [Operation]) -> Bool {
        var puts: Set<[UInt8]> = []
        for case .put(let put) in operations where !puts.insert(put.key).inserted { return true }
        for case .delete(let delete) in operations where puts.contains(where: delete.range.contains) { return true }
        return false
    }

    private func holds(_ compare: Compare) -> Bool {
        guard case .modRevision(let wanted) = compare.target, case .key(let key) = compare.range else { return false }
        return (current[key]?.modRevision ?? 0) == wanted
    }

    // MARK: Reading

    func range(_ request: RangeRequest) -> Result<RangeResult, Failure> {
        if request.revision > revision { return .failure(Failure(code: .futureRevision)) }
        if request.revision > 0, request.revision < compacted { return .failure(Failure(code: .compacted)) }
        let state = request.revision > 0 ? states[Int(request.revision)] : current
        return .success(evaluate(request, state, revision))
    }

    private func rows(_ range: KeyRange, _ state: [[UInt8]: KeyValue]) -> [KeyValue] {
        state.values.filter { range.contains($0.key) }.sorted { $0.key.lexicographicallyPrecedes($1.key) }
    }

    private func evaluate(_ request: RangeRequest, _ state: [[UInt8]: KeyValue], _ revision: Int64) -> RangeResult {
        var found = rows(request.range, state)
        let count = found.count
        if request.countOnly { return RangeResult(rows: [], count: count, more: false, revision: revision) }
        if request.minModRevision > 0 { found = found.filter { $0.modRevision >= request.minModRevision } }
        let isLimitedFirst = request.sortOrder == .none && request.sortTarget != .key && request.minModRevision == 0
        if isLimitedFirst, request.limit > 0 { found = Array(found.prefix(request.limit + 1)) }
        let descends = request.sortOrder == .descending
        if request.sortTarget == .modRevision {
            // Equal ones stay in key order.
            found = found.enumerated().sorted { a, b in
                if a.element.modRevision == b.element.modRevision { return a.offset < b.offset }
                return descends != (a.element.modRevision < b.element.modRevision)
            }.map(\.element)
        } else if descends {
            found.reverse()
        }
        let more = request.limit > 0 && found.count > request.limit
        if more { found.removeLast(found.count - request.limit) }
        if request.keysOnly { for index in found.indices { found[index].value = [] } }
        return RangeResult(rows: found, count: count, more: more, revision: revision)
    }

    mutating func compact(_ target: Int64) -> StoreError.Code? {
        if target > revision { return .futureRevision }
        if target <= compacted { return .compacted }
        compacted = target
        return nil
    }
}

struct ModelFailure: Error, Hashable {
    var code: StoreError.Code
}
