internal import Synchronization

/// What callers ask of the writer.
enum WriteRequest: Sendable {
    case transaction(Transaction, Origin, @Sendable (Result<TransactionResult, StoreError>) -> Void)
    case compaction(Int64, @Sendable (Result<Int64, StoreError>) -> Void)
    case grantLease(id: Int64, seconds: Int64, @Sendable (Result<Lease, StoreError>) -> Void)
    case revokeLease(Int64, @Sendable (Result<Int64, StoreError>) -> Void)
    case renewLease(Int64, @Sendable (Result<Lease, StoreError>) -> Void)
    case lease(Int64, @Sendable (Result<Lease, StoreError>) -> Void)
    case leases(@Sendable ([Int64]) -> Void)
    /// Hands the tail to the checkpointer, which is to be waited for.
    case flush(@Sendable (Result<Int64, StoreError>) -> Void)

    func fail(_ error: StoreError) {
        switch self {
        case .transaction(_, _, let completion): completion(.failure(error))
        case .compaction(_, let completion): completion(.failure(error))
        case .grantLease(_, _, let completion): completion(.failure(error))
        case .revokeLease(_, let completion): completion(.failure(error))
        case .renewLease(_, let completion): completion(.failure(error))
        case .lease(_, let completion): completion(.failure(error))
        case .leases(let completion): completion([])
        case .flush(let completion): completion(.failure(error))
        }
    }
}

/// The one thread that writes: collects what is waiting, evaluates it, appends one batch to the log, syncs once,
/// publishes, answers. One batch is in flight at a time.
final class Writer: Sendable {
    private struct Queue {
        var requests: [WriteRequest] = []
        var isClosed = false
    }

    private let context: StoreContext
    private let checkpointer: Checkpointer
    private let log: LogWriter
    private let state: WriterState
    private let onPublish: @Sendable () -> Void
    private let queue = Monitor(Queue())

    init(
        context: StoreContext, checkpointer: Checkpointer, log: LogWriter, state: WriterState,
        onPublish: @escaping @Sendable () -> Void
    ) {
        self.context = context
        self.checkpointer = checkpointer
        self.log = log
        self.state = state
        self.onPublish = onPublish
    }

    func submit(_ request: WriteRequest) {
        let error: StoreError? = queue.signal { queue in
            if queue.isClosed { return StoreError(.unavailable, "the store is closed") }
            queue.requests.append(request)
            return nil
        }
        if let error { request.fail(error) }
    }

    func close() { queue.broadcast { $0.isClosed = true } }

    // MARK: The writer thread

    private enum Wake {
        case requests([WriteRequest])
        case closed
    }

    /// The body of the writer's thread. Ends after `close`, when everything submitted before is answered, sealed and
    /// handed to the checkpoint.
    func run() {
        var timers = WriterTimers()
        while true {
            let wake: Wake? = queue.wait(until: timers.next(state)) { queue in
                if !queue.requests.isEmpty {
                    defer { queue.requests = [] }
                    return .requests(queue.requests)
                }
                return queue.isClosed ? .closed : nil
            }
            switch wake {
            case .requests(let requests): write(requests, &timers)
            case .closed: return finish(&timers)
            case nil: onTime(&timers)
            }
        }
    }

    private func finish(_ timers: inout WriterTimers) {
        if context.failure == nil { settleLeases(all: true, &timers) }
        if context.failure == nil {
            if timers.isUnsealed { seal(&timers) }
            checkpointer.waitUntilIdle()
            // Stuck on a full disk: the log keeps what the checkpoint could not take.
            if !checkpointer.isBusy { handOver() }
            checkpointer.waitUntilIdle()
        }
        checkpointer.close()
    }

    private func onTime(_ timers: inout WriterTimers) {
        if context.failure != nil { return timers.stop() }
        let now = context.storage.monotonicNanoseconds
        if timers.sealIsDue(now) { seal(&timers) }
        if timers.checkpointIsDue(state, now), !checkpointer.isBusy { handOver() }
        if timers.retentionIsDue(now) { applyRetention(&timers) }
        if state.leases.settleAt ?? .max <= now { settleLeases(all: false, &timers) }
        expireLeases(now, &timers)
    }

    private func expireLeases(_ now: Int64, _ timers: inout WriterTimers) {
        let expired = state.leases.takeExpired(now: now)
        if expired.isEmpty { return }
        let requests: [WriteRequest] = expired.map { id in
            .revokeLease(id) { [state] result in
                // Refused for want of space, say. Called on this thread.
                if case .failure = result { state.leases.postpone(id, until: now + 1_000_000_000) }
            }
        }
        write(requests, &timers)
    }

    /// Records the deadlines of leases that have been renewed and are not being renewed any more.
    private func settleLeases(all: Bool, _ timers: inout WriterTimers) {
        let now = context.storage.monotonicNanoseconds
        let leases = state.leases.takeUnsettled(now: now, all: all)
        if leases.isEmpty { return }
        do {
            // Many at a stop: a batch has a limit.
            for start in stride(from: 0, to: leases.count, by: 4_096) {
                if try log.prepare(at: state.position) != .max {
                    return context.log(.warning, "no room on the disk to record when leases end")
                }
                state.beginBatch(room: .max)
                for lease in leases[start..<min(start + 4_096, leases.count)] {
                    state.record(lease, now: now, context.storage)
                }
                try append()
                timers.wrote(context.storage.monotonicNanoseconds, state)
            }
        } catch {
            context.fail(error)
        }
    }

    private func write(_ requests: [WriteRequest], _ timers: inout WriterTimers) {
        var rest = requests[...]
        while !rest.isEmpty {
            if let failure = context.failure {
                let error = StoreError(.unavailable, "the store has stopped: \(failure.message)", cause: failure.cause)
                for request in rest { request.fail(error) }
                return
            }
            do throws(StoreError) {
                try waitForSpaceInTail()
                let room = try log.prepare(at: state.position)
                if room <= 2 * StoreLimits.batchSlack { throw SpaceKeeper.diskIsShort(context.directory.log) }
                context.space.look(now: context.storage.monotonicNanoseconds)
                rest = writeBatch(rest, room: room, &timers)
            } catch {
                for request in rest { request.fail(error) }
                return
            }
        }
        if context.space.shortage == .quota { giveUpHistory(&timers) }
    }

    /// At the quota a policy that keeps history by age gives it up, or else what is deleted would not count for a day.
    private func giveUpHistory(_ timers: inout WriterTimers) {
        let target = state.revision - StoreLimits.pressureRevisions
        if context.options.retention == nil || target <= state.compactRevision { return }
        context.log(.warning, "history before revision \(target) is given up: the quota is reached")
        write([.compaction(target, { _ in })], &timers)
    }

    /// Writes as many of the requests as one batch takes and returns the others.
    private func writeBatch(
        _ requests: ArraySlice<WriteRequest>, room: Int, _ timers: inout WriterTimers
    ) -> ArraySlice<WriteRequest> {
        state.beginBatch(room: room - StoreLimits.batchSlack)
        let content = state.generation.memtable.contentBytes
        var answers: [() -> Void] = []
        answers.reserveCapacity(requests.count)
        var rest = requests
        do throws(StoreError) {
            var batch = try BatchEvaluator(context: context, state: state)
            while let request = rest.first, state.payload.count < min(StoreLimits.batchBytes, state.room) {
                answers.append(batch.evaluate(request))
                rest = rest.dropFirst()
            }
            if let failure = context.failure { throw failure }
            context.space.grew(state.generation.memtable.contentBytes - content)
            if state.log.records > 0 {
                try append()
                timers.wrote(context.storage.monotonicNanoseconds, state)
            }
        } catch {
            context.fail(error)
            let unknown = StoreError(
                .indeterminate, "the outcome of this write is unknown: \(error.message)", cause: error.cause)
            for request in requests.prefix(requests.count - rest.count) { request.fail(unknown) }
            return rest
        }
        if requests.contains(where: { if case .flush = $0 { true } else { false } }) {
            checkpointer.waitUntilIdle()
            if !checkpointer.isBusy { handOver() }
        }
        if !state.touchedLeases.isEmpty { state.stampTouchedLeases(now: context.storage.monotonicNanoseconds) }
        let hasWritten = state.log.records > 0
        for answer in answers { answer() }
        // Those who wrote hear of it before those who watch.
        if hasWritten { onPublish() }
        if wantsCheckpoint, !checkpointer.isBusy { handOver() }
        return rest
    }

    /// A compaction frees nothing before the checkpoint knows of it: when space is short that must not wait.
    private var wantsCheckpoint: Bool {
        if state.generation.bytes >= StoreLimits.generationBytes { return true }
        return context.space.shortage != nil && state.compactRevision > checkpointer.state.compactRevision
    }

    /// Makes the batch durable, then visible.
    private func append() throws(StoreError) {
        state.log.state(revision: state.revision, hash: state.stateHash)
        state.position = try log.append(state.payload.bytes, records: state.log.records, at: state.position)
        state.mark()
        context.published.withLock { published in
            published.revision = state.revision
            published.compactRevision = state.compactRevision
        }
    }

    private func seal(_ timers: inout WriterTimers) {
        // With the disk full and the segment, too, the next batch that finds room proves the same.
        if !log.hasRoomForSeal(at: state.position), (try? log.prepare(at: state.position)) != .max {
            return timers.sealed()
        }
        do {
            state.beginBatch(room: .max)
            state.position = try log.append(state.payload.bytes, records: 0, at: state.position)
            timers.sealed()
        } catch {
            context.fail(error)
        }
    }

    /// Starts a new generation and gives the present one to the checkpointer, which must be idle.
    private func handOver() {
        let full = state.generation
        if full.marks.isEmpty { return }
        state.generation = Generation()
        context.published.withLock { $0.generations = [state.generation, full] }
        checkpointer.submit(full)
    }

    private func waitForSpaceInTail() throws(StoreError) {
        if state.generation.bytes < StoreLimits.generationBytesMaximum, !state.generation.memtable.log.isFull { return }
        checkpointer.waitUntilIdle()
        if checkpointer.isBusy { throw SpaceKeeper.diskIsShort(context.directory.checkpoint) }
        handOver()
    }

    /// Compacts what the policy no longer keeps, if that is worth a write.
    private func applyRetention(_ timers: inout WriterTimers) {
        timers.askedRetention()
        guard let policy = context.options.retention else { return }
        do {
            let oldest = context.storage.wallNanoseconds - policy.ageSeconds * 1_000_000_000
            let aged = try ReadView(context).newestRevision(before: oldest)
            let target = policy.target(current: state.revision, aged: aged)
            if target - state.compactRevision < StoreLimits.retentionRevisions { return }
            write([.compaction(target, { _ in })], &timers)
        } catch {
            context.fail(error)
        }
    }
}

/// When the writer has to do something although nobody asks. Times are monotonic nanoseconds.
struct WriterTimers {
    private var sealAt: Int64?
    private var retentionAt: Int64?
    private var isStopped = false

    var isUnsealed: Bool { sealAt != nil }

    mutating func wrote(_ now: Int64, _ state: WriterState) {
        sealAt = now + StoreLimits.sealNanoseconds
        retentionAt = retentionAt ?? now + StoreLimits.retentionNanoseconds
        if state.generation.startedNanoseconds == 0 { state.generation.startedNanoseconds = now }
    }

    /// Asked again only after something was written: an idle store writes nothing.
    mutating func askedRetention() { retentionAt = nil }
    func retentionIsDue(_ now: Int64) -> Bool { retentionAt.map { $0 <= now } ?? false }
    mutating func sealed() { sealAt = nil }
    mutating func stop() { isStopped = true }

    func sealIsDue(_ now: Int64) -> Bool { sealAt.map { $0 <= now } ?? false }

    func checkpointIsDue(_ state: WriterState, _ now: Int64) -> Bool {
        let started = state.generation.startedNanoseconds
        return started != 0 && started + StoreLimits.checkpointNanoseconds <= now
    }

    /// nil: nothing to do until somebody asks.
    func next(_ state: WriterState) -> Int64? {
        if isStopped { return nil }
        var times: [Int64] = []
        if let sealAt { times.append(sealAt) }
        if let retentionAt { times.append(retentionAt) }
        let started = state.generation.startedNanoseconds
        if started != 0 { times.append(started + StoreLimits.checkpointNanoseconds) }
        if let lease = state.leases.nextDeadline { times.append(lease) }
        if let settle = state.leases.settleAt { times.append(settle) }
        return times.min()
    }
}
