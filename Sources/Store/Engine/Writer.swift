/// The one that writes: collects what is waiting, evaluates it, appends one batch to the log, syncs once, publishes,
/// answers. One batch is in flight at a time. It has a thread; a caller who is alone may write on his own, when it is his
/// turn (`WriterQueue`).
final class Writer: Sendable {
    private let context: StoreContext
    private let checkpointer: Checkpointer
    private let log: LogWriter
    private let state: WriterState
    private let onPublish: @Sendable () -> Void
    private let queue = WriterQueue()

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
        if !queue.submit(request) { request.fail(StoreError(.unavailable, "the store is closed")) }
    }

    /// Writes on the calling thread, which waits for the disk then, if nobody else writes or waits, nothing but the sync is
    /// to be waited for, and syncs are quick; submits otherwise.
    func writeOrSubmit(_ request: WriteRequest) {
        guard queue.takeTurn() else { return submit(request) }
        if isQuick {
            write([request])
            queue.giveTurn(wakingAt: state.timers.next(state))
        } else {
            queue.giveTurn(wakingAt: state.timers.next(state), with: request)
        }
    }

    /// A disk that stalls now and then must not hold an event loop up at once again.
    private static let quickSyncs = 64

    private var isQuick: Bool {
        state.quickSyncs >= Self.quickSyncs
            && state.generation.bytes < StoreLimits.generationBytes && !state.generation.memtable.log.isFull
            && log.hasNextSegment(at: state.position) && context.space.shortage == nil && !isAhead
    }

    func close() { queue.close() }

    // MARK: With the turn

    /// The body of the writer's thread. Ends after `close`, when everything submitted before is answered, sealed and
    /// handed to the checkpoint.
    func run() {
        while true {
            queue.giveTurn(wakingAt: state.timers.next(state))
            switch queue.next() {
            case .requests(let requests):
                write(requests)
                // While somebody always asks, no time ever wakes this thread. Renewals in `requests` come before the
                // ends of leases here.
                if state.timers.anyIsDue(state, context.storage.monotonicNanoseconds) { onTime() }
            case .closed: return finish()
            case .time: onTime()
            }
        }
    }

    private func finish() {
        if context.failure == nil { settleLeases(all: true) }
        if context.failure == nil {
            if state.timers.isUnsealed { seal() }
            checkpointer.waitUntilIdle()
            // Stuck on a full disk: the log keeps what the checkpoint could not take.
            if !checkpointer.isBusy { handOver() }
            checkpointer.waitUntilIdle()
        }
        checkpointer.close()
    }

    private func onTime() {
        if context.failure != nil { return state.timers.stop() }
        let now = context.storage.monotonicNanoseconds
        if state.timers.sealIsDue(now) { seal() }
        if state.timers.checkpointIsDue(state, now) {
            if checkpointer.isBusy { state.timers.checkpointIsBusy(now) } else { handOver() }
        }
        if state.timers.retentionIsDue(now) { applyRetention() }
        if state.leases.settleAt ?? .max <= now { settleLeases(all: false) }
        expireLeases(now)
    }

    private func expireLeases(_ now: Int64) {
        let expired = state.leases.takeExpired(now: now)
        if expired.isEmpty { return }
        let requests: [WriteRequest] = expired.map { id in
            .revokeLease(id) { [state] result in
                // Refused for want of space, say. Called on this thread.
                if case .failure = result { state.leases.postpone(id, until: now + 1_000_000_000) }
            }
        }
        write(requests)
    }

    /// Records the deadlines of leases that have been renewed and are not being renewed any more.
    private func settleLeases(all: Bool) {
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
            }
        } catch {
            context.fail(error)
        }
    }

    private func write(_ requests: [WriteRequest]) {
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
                rest = writeBatch(rest, room: room)
            } catch {
                for request in rest { request.fail(error) }
                return
            }
        }
        if context.space.shortage == .quota { giveUpHistory() }
    }

    private static let pressureStep: Int64 = 100

    /// At the quota a policy that keeps history by age gives it up, or else what is deleted would not count for a day.
    private func giveUpHistory() {
        let target = state.revision - StoreLimits.pressureRevisions
        // Each costs a batch of its own, and every write at the quota comes here.
        if context.options.retention == nil || target - state.compactRevision < Self.pressureStep { return }
        context.log(.warning, "history before revision \(target) is given up: the quota is reached")
        write([.compaction(target, { _ in })])
    }

    /// Writes as many of the requests as one batch takes and returns the others. The first of those may have begun: its
    /// rest goes into the next batch.
    private func writeBatch(
        _ requests: ArraySlice<WriteRequest>, room: Int
    ) -> ArraySlice<WriteRequest> {
        state.beginBatch(room: min(room, StoreLimits.batchLogBytes) - StoreLimits.batchSlack)
        let content = state.generation.memtable.contentBytes
        var answers: [() -> Void] = []
        answers.reserveCapacity(requests.count)
        var begun = 0
        var hasWritten = false
        do throws(StoreError) {
            var batch = try BatchEvaluator(context: context, state: state)
            while let request = requests.dropFirst(begun).first,
                state.payload.count < min(StoreLimits.batchBytes, state.room)
            {
                begun += 1
                guard let answer = batch.evaluate(request) else { break }
                answers.append(answer)
            }
            if let failure = context.failure { throw failure }
            context.space.grew(state.generation.memtable.contentBytes - content)
            hasWritten = state.log.records > 0
            if hasWritten { try append() }
            try recordLateGrants()
        } catch {
            context.fail(error)
            let unknown = StoreError(
                .indeterminate, "the outcome of this write is unknown: \(error.message)", cause: error.cause)
            for request in requests.prefix(begun) { request.fail(unknown) }
            return requests.dropFirst(begun)
        }
        if requests.contains(where: { if case .flush = $0 { true } else { false } }) {
            checkpointer.waitUntilIdle()
            if !checkpointer.isBusy { handOver() }
        }
        if !state.touchedLeases.isEmpty { state.stampTouchedLeases(now: context.storage.monotonicNanoseconds) }
        for answer in answers { answer() }
        // Those who wrote hear of it before those who watch.
        if hasWritten { onPublish() }
        if wantsCheckpoint, !checkpointer.isBusy { handOver() }
        return requests.dropFirst(answers.count)
    }

    /// A grant's record was made before the sync, and its time counts from after it. Should that have taken longer than
    /// what a start adds, the grant is recorded again before it is answered: with the deadline as it is now, and if the
    /// disk is as slow again, so that a start gives the full time.
    private func recordLateGrants() throws(StoreError) {
        if state.touchedLeases.isEmpty { return }
        for isSettled in [true, false] {
            let now = context.storage.monotonicNanoseconds
            let late = state.lateGrants(now: now)
            if late.isEmpty { return }
            if try log.prepare(at: state.position) < StoreLimits.batchSlack + late.count * LeaseRecord.logBytes {
                state.unsettle(late, now: now)
                return context.log(.warning, "no room on the disk to record when leases end")
            }
            state.recordAgain(late, isSettled: isSettled, now: now, context.storage)
            try append()
        }
    }

    /// A compaction frees nothing before the checkpoint knows of it: when space is short that must not wait.
    private var wantsCheckpoint: Bool {
        if state.generation.bytes >= StoreLimits.generationBytes { return true }
        return context.space.shortage != nil && state.compactRevision > checkpointer.state.compactRevision
    }

    /// Makes the batch durable, then visible.
    private func append() throws(StoreError) {
        state.log.state(revision: state.revision, hash: state.stateHash)
        state.timers.wrote(try sync(records: state.log.records), state)
        state.mark()
        context.published.withLock { published in
            published.revision = state.revision
            published.compactRevision = state.compactRevision
        }
    }

    /// - Returns: when it was durable.
    @discardableResult private func sync(records: Int) throws(StoreError) -> Int64 {
        let started = context.storage.monotonicNanoseconds
        state.position = try log.append(state.payload.bytes, records: records, at: state.position)
        let ended = context.storage.monotonicNanoseconds
        state.quickSyncs = ended - started < context.options.quickSyncNanoseconds ? state.quickSyncs + 1 : 0
        return ended
    }

    private func seal() {
        // With the disk full and the segment, too, the next batch that finds room proves the same.
        if !log.hasRoomForSeal(at: state.position), (try? log.prepare(at: state.position)) != .max {
            return state.timers.sealed()
        }
        do {
            state.beginBatch(room: .max)
            try sync(records: 0)
            state.timers.sealed()
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

    /// The progress that the checkpoint must have made for this much in the tail.
    private var wantedProgress: Double {
        Double(state.generation.bytes) / Double(StoreLimits.generationBytesMaximum) - StoreLimits.checkpointLead
    }
    private var isAhead: Bool { wantedProgress > 0 && !checkpointer.has(progress: wantedProgress) }

    /// Writers who are quicker than the checkpoint wait a little before each batch instead of a long time at its end.
    private func keepPaceWithCheckpoint() {
        let part = wantedProgress
        if part <= 0 { return }
        checkpointer.wait(
            forProgress: part, until: context.storage.monotonicNanoseconds + StoreLimits.checkpointPaceNanoseconds)
    }

    private func waitForSpaceInTail() throws(StoreError) {
        keepPaceWithCheckpoint()
        if state.generation.bytes < StoreLimits.generationBytesMaximum, !state.generation.memtable.log.isFull { return }
        checkpointer.waitUntilIdle()
        if checkpointer.isBusy { throw SpaceKeeper.diskIsShort(context.directory.checkpoint) }
        handOver()
    }

    /// Compacts what the policy no longer keeps, if that is worth a write.
    private func applyRetention() {
        state.timers.askedRetention()
        guard let policy = context.options.retention else { return }
        do {
            let oldest = context.storage.wallNanoseconds - policy.ageSeconds * 1_000_000_000
            let aged = try ReadView(context).newestRevision(before: oldest)
            let target = policy.target(current: state.revision, aged: aged)
            if target - state.compactRevision < StoreLimits.retentionRevisions { return }
            write([.compaction(target, { _ in })])
        } catch {
            context.fail(error)
        }
    }
}
