import Store

/// The whole content with its history, as a value.
struct MemoryState: Sendable {
    struct Version: Sendable {
        var revision: Int64
        /// nil: deleted.
        var row: KeyValue?
    }
    struct LogEntry: Sendable {
        var revision: Int64
        var events: [Event]
    }

    private(set) var revision: Int64 = 1
    private(set) var compactRevision: Int64 = 0
    private(set) var leases: [Int64: Lease] = [:]
    private var sortedKeys: [[UInt8]] = []
    private var versions: [[UInt8]: [Version]] = [:]
    private var entries: [LogEntry] = []

    func log(from revision: Int64) -> ArraySlice<LogEntry> {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].revision < revision { low = middle + 1 } else { high = middle }
        }
        return entries[low...]
    }

    // MARK: Reading

    func range(_ request: RangeRequest, writing: Bool = false) throws(StoreError) -> RangeResult {
        if request.revision > revision {
            throw StoreError(.futureRevision, "revision \(request.revision) is above \(revision)")
        }
        if request.revision > 0, request.revision < compactRevision {
            throw StoreError(.compacted, "revision \(request.revision) is below \(compactRevision)")
        }
        let at = request.revision == 0 ? Int64.max : request.revision
        var rows = keys(in: request.range).compactMap { row($0, at: at) }.filter { MemoryState.passes($0, request) }
        MemoryState.sort(&rows, request)
        let count = rows.count
        if request.limit > 0, rows.count > request.limit { rows.removeLast(rows.count - request.limit) }
        let more = rows.count < count
        if request.keysOnly { for index in rows.indices { rows[index].value = [] } }
        return RangeResult(rows: request.countOnly ? [] : rows, count: count, more: more, revision: revision)
    }

    func changes(of key: [UInt8], through revision: Int64, limit: Int) -> [KeyVersion] {
        (versions[key] ?? []).reversed().filter { $0.revision <= revision }.prefix(limit).map {
            KeyVersion(revision: $0.revision, nanoseconds: nil, origin: "", value: $0.row?.value)
        }
    }

    func keys(of lease: Int64) -> [[UInt8]] { sortedKeys.filter { row($0, at: .max)?.lease == lease } }

    private func row(_ key: [UInt8], at revision: Int64) -> KeyValue? {
        versions[key]?.last { $0.revision <= revision }?.row
    }

    private func keys(in range: KeyRange) -> ArraySlice<[UInt8]> {
        switch range {
        case .key(let key): versions[key] == nil ? [] : [key]
        case .interval(let start, let end): sortedKeys[min(position(start), position(end))..<position(end)]
        case .from(let start): sortedKeys[position(start)...]
        }
    }

    private func position(_ key: [UInt8]) -> Int {
        var low = 0
        var high = sortedKeys.count
        while low < high {
            let middle = (low + high) / 2
            if sortedKeys[middle].lexicographicallyPrecedes(key) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private static func passes(_ row: KeyValue, _ request: RangeRequest) -> Bool {
        func within(_ value: Int64, _ low: Int64, _ high: Int64) -> Bool {
            (low == 0 || value >= low) && (high == 0 || value <= high)
        }
        return within(row.modRevision, request.minModRevision, request.maxModRevision)
            && within(row.createRevision, request.minCreateRevision, request.maxCreateRevision)
    }

    private static func sort(_ rows: inout [KeyValue], _ request: RangeRequest) {
        guard request.sortOrder != .none else { return }
        rows.sort { left, right in
            switch request.sortTarget {
            case .key: left.key.lexicographicallyPrecedes(right.key)
            case .version: left.version < right.version
            case .createRevision: left.createRevision < right.createRevision
            case .modRevision: left.modRevision < right.modRevision
            case .value: left.value.lexicographicallyPrecedes(right.value)
            }
        }
        if request.sortOrder == .descending { rows.reverse() }
    }

    // MARK: Writing

    mutating func transact(_ transaction: Transaction) throws(StoreError) -> TransactionResult {
        let before = self
        var events: [Event] = []
        var written: Set<[UInt8]> = []
        do throws(StoreError) {
            let result = try run(transaction, &events, &written)
            publish(events)
            return TransactionResult(succeeded: result.succeeded, revision: revision, results: result.results)
        } catch {
            self = before
            throw error
        }
    }

    private mutating func publish(_ events: [Event]) {
        guard !events.isEmpty else { return }
        revision += 1
        entries.append(LogEntry(revision: revision, events: events))
    }

    private mutating func run(
        _ transaction: Transaction, _ events: inout [Event], _ written: inout Set<[UInt8]>
    ) throws(StoreError) -> TransactionResult {
        guard transaction.success.count <= 128, transaction.failure.count <= 128, transaction.compares.count <= 128
        else { throw StoreError(.tooManyOperations, "more than 128 operations in one transaction") }
        let holds = transaction.compares.allSatisfy(holds)
        var results: [OperationResult] = []
        for operation in holds ? transaction.success : transaction.failure {
            switch operation {
            case .range(let request):
                results.append(.range(try range(request)))
            case .put(let put):
                guard written.insert(put.key).inserted else {
                    throw StoreError(.duplicateKey, "a key is written twice in one transaction")
                }
                let previous = try apply(put, &events)
                results.append(.put(previous: put.returnsPrevious ? previous : nil))
            case .delete(let delete):
                let gone = self.delete(delete.range, &events)
                if gone.contains(where: { written.contains($0.key) }) {
                    throw StoreError(.duplicateKey, "a key is written and deleted in one transaction")
                }
                results.append(.delete(count: gone.count, previous: delete.returnsPrevious ? gone : []))
            case .transaction(let inner):
                results.append(.transaction(try run(inner, &events, &written)))
            }
        }
        return TransactionResult(succeeded: holds, revision: revision, results: results)
    }

    private func holds(_ compare: Compare) -> Bool {
        if case .key(let key) = compare.range {
            let row = row(key, at: .max)
            if row == nil, case .value = compare.target { return false }
            return MemoryState.holds(
                compare, row ?? KeyValue(key: key, value: [], createRevision: 0, modRevision: 0, version: 0))
        }
        return keys(in: compare.range).compactMap { row($0, at: .max) }.allSatisfy { MemoryState.holds(compare, $0) }
    }

    private static func holds(_ compare: Compare, _ row: KeyValue) -> Bool {
        let order: Int
        switch compare.target {
        case .version(let value): order = Int((row.version - value).signum())
        case .createRevision(let value): order = Int((row.createRevision - value).signum())
        case .modRevision(let value): order = Int((row.modRevision - value).signum())
        case .lease(let value): order = Int((row.lease - value).signum())
        case .value(let value):
            order = row.value == value ? 0 : row.value.lexicographicallyPrecedes(value) ? -1 : 1
        }
        switch compare.relation {
        case .equal: return order == 0
        case .notEqual: return order != 0
        case .greater: return order > 0
        case .less: return order < 0
        }
    }

    private mutating func apply(_ put: Put, _ events: inout [Event]) throws(StoreError) -> KeyValue? {
        guard !put.key.isEmpty else { throw StoreError(.emptyKey, "a key is empty") }
        guard put.key.count <= 500 else { throw StoreError(.keyTooLong, "a key is longer than 500 bytes") }
        let previous = row(put.key, at: .max)
        if previous == nil, put.ignoresValue || put.ignoresLease {
            throw StoreError(.keyNotFound, "the key does not exist")
        }
        guard put.lease == 0 || leases[put.lease] != nil else {
            throw StoreError(.leaseNotFound, "no lease \(put.lease)")
        }
        let row = KeyValue(
            key: put.key, value: put.ignoresValue ? previous?.value ?? [] : put.value,
            createRevision: previous?.createRevision ?? revision + 1, modRevision: revision + 1,
            version: (previous?.version ?? 0) + 1,
            lease: put.ignoresLease ? previous?.lease ?? 0 : put.lease)
        record(put.key, row)
        events.append(Event(kind: .put, current: row, previous: previous))
        return previous
    }

    private mutating func delete(_ range: KeyRange, _ events: inout [Event]) -> [KeyValue] {
        let gone = keys(in: range).compactMap { row($0, at: .max) }
        for row in gone {
            record(row.key, nil)
            let tombstone = KeyValue(
                key: row.key, value: [], createRevision: 0, modRevision: revision + 1, version: 0)
            events.append(Event(kind: .delete, current: tombstone, previous: row))
        }
        return gone
    }

    private mutating func record(_ key: [UInt8], _ row: KeyValue?) {
        if versions[key] == nil { sortedKeys.insert(key, at: position(key)) }
        versions[key, default: []].append(Version(revision: revision + 1, row: row))
    }

    // MARK: Compaction and leases

    mutating func compact(to target: Int64) throws(StoreError) -> Int64 {
        guard target <= revision else { throw StoreError(.futureRevision, "revision \(target) is above \(revision)") }
        guard target > compactRevision else {
            throw StoreError(.compacted, "revision \(target) is compacted already")
        }
        compactRevision = target
        entries.removeAll { $0.revision < target }
        return revision
    }

    mutating func grant(_ id: Int64, _ seconds: Int64) throws(StoreError) -> Lease {
        var id = id
        if id == 0 { id = (leases.keys.max() ?? 0) + 1 }
        guard leases[id] == nil else { throw StoreError(.leaseExists, "lease \(id) exists") }
        let lease = Lease(id: id, grantedSeconds: seconds, remainingSeconds: seconds)
        leases[id] = lease
        return lease
    }

    mutating func revoke(_ id: Int64) throws(StoreError) -> Int64 {
        guard leases[id] != nil else { throw StoreError(.leaseNotFound, "no lease \(id)") }
        var events: [Event] = []
        for key in keys(of: id) { _ = delete(.key(key), &events) }
        leases[id] = nil
        publish(events)
        return revision
    }
}
