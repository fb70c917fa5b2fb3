/// Evaluates etcd's range requests over anything that can visit rows in key order.
struct RangeEvaluator {
    let request: RangeRequest

    /// etcd's rules (server/etcdserver/txn/range.go): bounds on revisions filter what is returned, not `count`; with a
    /// filter or an order other than by key, everything is read before the limit is applied.
    private var readsAll: Bool { filters || (sorts && request.sortOrder != .none) }

    /// A target without an order sorts what the limit has left, and one row more is read to know if there are any.
    private var readLimit: Int {
        if readsAll || request.limit <= 0 { return .max }
        return sorts && request.limit < .max ? request.limit + 1 : request.limit
    }

    private var filters: Bool {
        request.minModRevision != 0 || request.maxModRevision != 0 || request.minCreateRevision != 0
            || request.maxCreateRevision != 0
    }

    /// Without an order, any target but the key means ascending.
    private var order: RangeRequest.SortOrder {
        request.sortOrder == .none && request.sortTarget != .key ? .ascending : request.sortOrder
    }

    private var sorts: Bool { order == .descending || (order == .ascending && request.sortTarget != .key) }

    var needsValues: Bool { !request.countOnly && (!request.keysOnly || request.sortTarget == .value) }

    func accepts(_ header: RecordHeader) -> Bool {
        let modified = header.revision.main
        let created = header.createRevision
        return (request.minModRevision == 0 || modified >= request.minModRevision)
            && (request.maxModRevision == 0 || modified <= request.maxModRevision)
            && (request.minCreateRevision == 0 || created >= request.minCreateRevision)
            && (request.maxCreateRevision == 0 || created <= request.maxCreateRevision)
    }

    /// - Parameter visit: calls its argument with every existing key of the range in key order until it returns false.
    func evaluate(
        revision: Int64,
        _ visit: ((RecordView) throws(StoreError) -> Bool) throws(StoreError) -> Void
    ) throws(StoreError) -> RangeResult {
        var result = RangeResult(rows: [], count: 0, more: false, revision: revision)
        let limit = readLimit
        try visit { record throws(StoreError) in
            result.count += 1
            if request.countOnly { return true }
            if result.rows.count == limit {
                result.more = true
                return request.countsAll
            }
            if accepts(record.header) { result.rows.append(record.keyValue(withValue: needsValues)) }
            return true
        }
        finish(&result)
        return result
    }

    private func finish(_ result: inout RangeResult) {
        if sorts { sort(&result.rows) }
        if request.limit > 0, result.rows.count > request.limit {
            result.rows.removeLast(result.rows.count - request.limit)
            result.more = true
        }
        if request.keysOnly && needsValues {
            for index in result.rows.indices { result.rows[index].value = [] }
        }
    }

    private func sort(_ rows: inout [KeyValue]) {
        // Stable, so that rows that compare equal stay in key order, whichever the direction.
        let ordered = rows.enumerated().sorted { a, b in
            let difference = compare(a.element, b.element)
            if difference == 0 { return a.offset < b.offset }
            return order == .descending ? difference > 0 : difference < 0
        }
        rows = ordered.map(\.element)
    }

    private func compare(_ a: KeyValue, _ b: KeyValue) -> Int {
        switch request.sortTarget {
        case .key: compareBytes(a.key, b.key)
        case .value: compareBytes(a.value, b.value)
        case .version: compare(a.version, b.version)
        case .createRevision: compare(a.createRevision, b.createRevision)
        case .modRevision: compare(a.modRevision, b.modRevision)
        }
    }

    private func compare(_ a: Int64, _ b: Int64) -> Int { a < b ? -1 : a > b ? 1 : 0 }

    /// The revision to read at, or etcd's errors for those that cannot be read.
    static func revision(asked: Int64, current: Int64, compacted: Int64) throws(StoreError) -> Int64 {
        if asked > current {
            throw StoreError(
                .futureRevision, "revision \(asked) is not written yet; the newest is \(current)")
        }
        if asked <= 0 { return current }
        if asked < compacted {
            throw StoreError(
                .compacted, "revision \(asked) has been compacted; the oldest that can be read is \(compacted)")
        }
        return asked
    }
}
