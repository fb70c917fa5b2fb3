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

    /// nil: this batch could not take all of the request. Nothing else is evaluated before its rest is, in the next one.
    mutating func evaluate(_ request: WriteRequest) -> (() -> Void)? {
        switch request {
        case .transaction(let transaction, let origin, let completion):
            return answer(completion) { () throws(StoreError) in try executor.execute(transaction, origin: origin) }
        case .compaction(let revision, let completion):
            return answer(completion) { () throws(StoreError) in try compact(to: revision) }
        case .grantLease(let id, let seconds, let completion):
            return answer(completion) { () throws(StoreError) in try grant(id, seconds) }
        case .revokeLease(let id, let completion):
            return revoke(id, completion)
        case .renewLease(let id, let completion):
            return answer(completion) { () throws(StoreError) in try renew(id) }
        case .lease(let id, let completion):
            return answer(completion) { () throws(StoreError) in try existing(id).lease(now: now) }
        case .flush(let completion):
            return { [revision = state.revision] in completion(.success(revision)) }
        case .leases(let completion):
            return { [ids = state.leases.ids] in completion(ids) }
        }
    }

    private func answer<R: Sendable>(
        _ completion: @escaping @Sendable (Result<R, StoreError>) -> Void, _ body: () throws(StoreError) -> R
    ) -> () -> Void {
        let result = attempt(body)
        return { completion(result) }
    }

    private func attempt<R>(_ body: () throws(StoreError) -> R) -> Result<R, StoreError> {
        let result: Result<R, StoreError>
        do { result = .success(try body()) } catch { result = .failure(error) }
        // Damage found while evaluating concerns everybody, not this caller only.
        if case .failure(let error) = result, error.code == .corrupt || error.code == .io { context.fail(error) }
        return result
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
        guard let lease = state.leases.live(id) else { throw Self.notFound(id) }
        return lease
    }

    private static func notFound(_ id: Int64) -> StoreError {
        StoreError(.leaseNotFound, "lease \(id) does not exist")
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
        var lease = LiveLease(id: id, grantedSeconds: seconds, deadline: now, isSettled: true)
        lease.renew(now: now)
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
        lease.renew(now: now)
        if lease.isSettled {
            lease.isSettled = false
            record(lease)
        } else {
            state.leases.set(lease, now: now)
            state.touchedLeases.append(id)
        }
        return lease.lease(now: now)
    }

    private func revoke(
        _ id: Int64, _ completion: @escaping @Sendable (Result<Int64, StoreError>) -> Void
    ) -> (() -> Void)? {
        switch attempt({ () throws(StoreError) in try removeStep(of: id) }) {
        case .success(.none): return nil
        case .success(.some(let revision)): return { completion(.success(revision)) }
        case .failure(let error): return { completion(.failure(error)) }
        }
    }

    /// Deletes the lease's keys, at one revision if one batch takes them all, and the lease with the last of them. nil:
    /// there are more.
    private func removeStep(of id: Int64) throws(StoreError) -> Int64? {
        guard let lease = state.leases[id] else { throw Self.notFound(id) }
        let step = try executor.view.keys(of: id, logBytes: StoreLimits.deletionBytes, onWriterThread: true)
        if step.logBytes > state.room - state.payload.count { throw SpaceKeeper.diskIsShort("the log") }
        try delete(step.keys, of: id)
        if !step.isComplete {
            end(lease)
            return nil
        }
        state.leases.remove(id)
        state.log.leaseRemoval(id)
        state.generation.leaseChanges.append(.remove(id))
        return state.revision
    }

    private func delete(_ keys: [[UInt8]], of lease: Int64) throws(StoreError) {
        var changes = ChangeWriter(state: state, origin: Origin("lease"), now: executor.now)
        for key in keys {
            try key.withRawBytes { key throws(StoreError) in
                if let record = try executor.view.record(key, at: .max), record.header.lease == lease {
                    changes.delete(record)
                }
            }
        }
        changes.finish()
    }

    /// Says in the log, in one batch with the first of its keys, that the lease is over: should this stop half-way, for a
    /// crash or for want of space, nobody can renew what is left of it, and its removal goes on by itself.
    private func end(_ lease: LiveLease) {
        if lease.isEnding { return }
        var lease = lease
        lease.deadline = min(lease.deadline, now)
        lease.isSettled = true
        lease.isEnding = true
        state.leases.set(lease, now: now)
        state.record(lease, now: now, context.storage)
    }
}
