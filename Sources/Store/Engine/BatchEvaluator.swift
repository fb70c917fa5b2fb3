internal import LMDB

/// Evaluates requests one after the other into the batch that is being collected. What it returns answers the caller,
/// and is called once the batch is durable.
struct BatchEvaluator: ~Copyable {
    private let context: StoreContext
    private let state: WriterState
    private let executor: TransactionExecutor
    private let now: Int64

    init(context: StoreContext, state: WriterState) throws(StoreError) {
        self.context = context
        self.state = state
        now = context.storage.monotonicNanoseconds
        executor = TransactionExecutor(
            view: try ReadView(context), state: state,
            now: context.storage.wallNanoseconds, space: context.space,
            content: state.generation.memtable.contentBytes)
    }

    mutating func evaluate(_ request: WriteRequest) -> () -> Void {
        switch request {
        case .transaction(let transaction, let origin, let completion):
            answer(completion) { () throws(StoreError) in try executor.execute(transaction, origin: origin) }
        case .compaction(let revision, let completion):
            answer(completion) { () throws(StoreError) in try compact(to: revision) }
        case .grantLease(let id, let seconds, let completion):
            answer(completion) { () throws(StoreError) in try grant(id, seconds) }
        case .revokeLease(let id, let completion):
            answer(completion) { () throws(StoreError) in try revoke(id) }
        case .renewLease(let id, let completion):
            answer(completion) { () throws(StoreError) in try renew(id) }
        case .lease(let id, let completion):
            answer(completion) { () throws(StoreError) in try existing(id).lease(now: now) }
        case .flush(let completion):
            { [revision = state.revision] in completion(.success(revision)) }
        case .leases(let completion):
            { [ids = state.leases.ids] in completion(ids) }
        }
    }

    private func answer<R: Sendable>(
        _ completion: @escaping @Sendable (Result<R, StoreError>) -> Void, _ body: () throws(StoreError) -> R
    ) -> () -> Void {
        let result: Result<R, StoreError>
        do { result = .success(try body()) } catch { result = .failure(error) }
        // Damage found while evaluating concerns everybody, not this caller only.
        if case .failure(let error) = result, error.code == .corrupt || error.code == .io { context.fail(error) }
        return { completion(result) }
    }

    private func compact(to revision: Int64) throws(StoreError) -> Int64 {
        if revision > state.revision {
            throw StoreError(
                .futureRevision, "revision \(revision) is not written yet; the newest is \(state.revision)")
        }
        if revision <= state.compactRevision {
            throw StoreError(
                .compacted, "revision \(revision) has been compacted already; \(state.compactRevision) is the newest")
        }
        state.compactRevision = revision
        state.log.compaction(revision)
        return state.revision
    }

    // MARK: Leases

    private func existing(_ id: Int64) throws(StoreError) -> LiveLease {
        guard let lease = state.leases[id] else {
            throw StoreError(.leaseNotFound, "lease \(id) does not exist")
        }
        return lease
    }

    private func grant(_ asked: Int64, _ seconds: Int64) throws(StoreError) -> Lease {
        if seconds <= 0 || seconds > StoreLimits.leaseSeconds {
            throw StoreError(
                .invalidArgument, "a lease of \(seconds) seconds; 1 to \(StoreLimits.leaseSeconds) are possible")
        }
        try context.space.admit(growth: 0)
        var id = asked
        while id == 0 || (asked == 0 && state.leases[id] != nil) { id = Int64.random(in: 1 ... .max) }
        if state.leases[id] != nil { throw StoreError(.leaseExists, "lease \(id) exists already") }
        let lease = LiveLease(
            id: id, grantedSeconds: seconds, deadline: now + seconds * 1_000_000_000, isSettled: true)
        record(lease)
        return lease.lease(now: now)
    }

    private func record(_ lease: LiveLease) {
        state.leases.set(lease, now: now)
        state.touchedLeases.append(lease.id)
        state.record(lease, now: now, context.storage)
    }

    /// Not written: a renewal must cost nothing. The first one after the deadline was recorded is, so that a crash
    /// knows that this deadline no longer counts.
    private func renew(_ id: Int64) throws(StoreError) -> Lease {
        var lease = try existing(id)
        lease.deadline = now + lease.grantedSeconds * 1_000_000_000
        if lease.isSettled {
            lease.isSettled = false
            record(lease)
        } else {
            state.leases.set(lease, now: now)
            state.touchedLeases.append(id)
        }
        return lease.lease(now: now)
    }

    /// Deletes the lease's keys at one revision.
    private func revoke(_ id: Int64) throws(StoreError) -> Int64 {
        _ = try existing(id)
        let keys = try executor.view.keys(of: id, onWriterThread: true)
        let logBytes = keys.reduce(0) { $0 + 60 + $1.count }
        if logBytes > state.room - state.payload.count { throw SpaceKeeper.diskIsShort("the log") }
        var changes = ChangeWriter(state: state, origin: Origin("lease"), now: executor.now)
        for key in keys {
            try key.withRawBytes { key throws(StoreError) in
                if let record = try executor.view.record(key, at: .max), record.header.lease == id {
                    changes.delete(record)
                }
            }
        }
        changes.finish()
        state.leases.remove(id)
        state.log.leaseRemoval(id)
        state.generation.leaseChanges.append(.remove(id))
        return state.revision
    }
}

extension ReadView {
    /// The keys that a lease holds at the newest published or batched revision, in order.
    /// The writer has an index of the tail for this; others look through the tail.
    func keys(of lease: Int64, onWriterThread: Bool) throws(StoreError) -> [[UInt8]] {
        var keys: Set<[UInt8]> = []
        try withBigEndian(lease) { prefix throws(StoreError) in
            try snapshot.withCursor(database.leaseKeys) { cursor throws(StoreError) in
                var entry = try lmdb(database.path) { () throws(LMDBError) in try cursor.seek(prefix) }
                while let found = entry?.key, found.count > 8, compareBytes(found.slice(0, 8), prefix) == 0 {
                    keys.insert(Array(found[8...]))
                    entry = try lmdb(database.path) { () throws(LMDBError) in try cursor.next() }
                }
            }
        }
        for generation in published.generations {
            if onWriterThread {
                for node in generation.leasedKeys[lease] ?? [] { keys.insert(Array(node.key)) }
                continue
            }
            for index in 0..<generation.memtable.log.count {
                let version = generation.memtable.log[index]
                if version.header.lease == lease { keys.insert(Array(version.node.key)) }
            }
        }
        var live: [[UInt8]] = []
        for key in keys {
            let record = try key.withRawBytes { key throws(StoreError) in try self.record(key, at: .max)?.header }
            if let record, !record.isTombstone, record.lease == lease { live.append(key) }
        }
        return live.sorted { a, b in a.lexicographicallyPrecedes(b) }
    }
}
