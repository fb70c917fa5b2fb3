internal import CStore

/// Owns LMDB's write side: takes over generations of the tail, one at a time, on its own thread.
final class Checkpointer: Sendable {
    private struct Work {
        var generation: Generation?
        var isBusy = false
        /// Which part of the generation is done, 0 to 1.
        var progress = 0.0
        /// A compaction may have something to remove.
        var wantsRemoval = true
        /// A long read or a snapshot still holds back what is to be removed: not before this time.
        var removesAt: Int64?
        var isClosed = false
        /// The disk is full and nothing can be done but wait.
        var isStuck = false

        func has(progress part: Double) -> Bool { !isBusy || isStuck || progress >= part }
    }

    private let context: StoreContext
    private let work = Monitor(Work())
    private let applied: Monitor<CheckpointState>

    private let onApplied: @Sendable (CheckpointState) -> Void

    init(
        context: StoreContext, state: CheckpointState, onApplied: @escaping @Sendable (CheckpointState) -> Void
    ) {
        self.context = context
        self.onApplied = onApplied
        applied = Monitor(state)
    }

    /// What is durable in LMDB.
    var state: CheckpointState { applied.withLock { $0 } }
    var isBusy: Bool { work.withLock { $0.isBusy } }
    /// Waits for space on the disk; what it holds is safe in the log.
    var isStuck: Bool { work.withLock { $0.isStuck } }

    /// Hands a generation over. The caller has published a newer one in front of it, and asked `isBusy`.
    func submit(_ generation: Generation) {
        work.broadcast { work in
            precondition(!work.isBusy, "one generation is checkpointed at a time")
            work.generation = generation
            work.isBusy = true
            work.progress = 0
        }
    }

    /// Returns when nothing that is compacted is left to remove, as far as is known now.
    func waitForRemoval() { work.wait { ($0.isBusy || $0.wantsRemoval) && !$0.isStuck ? nil : () } }

    /// Returns as well when it is stuck.
    func waitUntilIdle() { work.wait { $0.isBusy && !$0.isStuck ? nil : () } }

    /// Whether this part of the generation is done, 0 to 1, or there is none to wait for.
    func has(progress part: Double) -> Bool { work.withLock { $0.has(progress: part) } }

    /// Returns at the deadline (monotonic nanoseconds) at the latest.
    func wait(forProgress part: Double, until deadline: Int64) {
        work.wait(until: deadline) { $0.has(progress: part) ? () : nil }
    }

    func close() { work.broadcast { $0.isClosed = true } }

    /// The body of the checkpointer's thread. Ends after `close`, when what was submitted is applied.
    func run() {
        while true {
            switch nextTask() {
            case .apply(let generation):
                untilThereIsSpace { () throws(StoreError) in try take(generation) }
                work.broadcast { work in
                    work.generation = nil
                    work.isBusy = false
                    work.wantsRemoval = true
                    work.removesAt = nil
                }
            case .remove: untilThereIsSpace { () throws(StoreError) in try removeHistory() }
            case .end: return
            }
        }
    }

    private enum Task {
        case apply(Generation)
        case remove
        case end
    }

    /// Generations first: writers may be waiting for the space.
    private func nextTask() -> Task {
        let task: Task? = work.wait(until: work.withLock { $0.removesAt }) { work in
            if let generation = work.generation { return .apply(generation) }
            if work.isClosed { return .end }
            return work.wantsRemoval && work.removesAt == nil ? .remove : nil
        }
        return task ?? .remove
    }

    /// A full disk is waited out: the log has everything. Any other error is the end.
    private func untilThereIsSpace(_ body: () throws(StoreError) -> Void) {
        defer { work.broadcast { $0.isStuck = false } }
        while true {
            if context.failure != nil { return giveRemovalUp() }
            do { return try body() } catch {
                guard error.code == .noSpace else { return context.fail(error) }
                if context.space.gaveUpReserve() { continue }
                context.log(.warning, "the checkpoint waits for space: \(error)")
            }
            if isClosedAfterWaiting() { return giveRemovalUp() }
        }
    }

    private func giveRemovalUp() {
        work.broadcast { work in
            work.wantsRemoval = false
            work.removesAt = nil
        }
    }

    private func isClosedAfterWaiting() -> Bool {
        work.broadcast { $0.isStuck = true }
        let deadline = context.storage.monotonicNanoseconds + StoreLimits.fullDiskNanoseconds
        return work.wait(until: deadline) { $0.isClosed ? () : nil } != nil
    }

    /// One small step; the next one when there is nothing more urgent.
    private func removeHistory() throws(StoreError) {
        // A snapshot that begins now waits for the end of this step, or it would miss what the step takes away.
        let pin = context.pins.beginRemoval(now: context.storage.monotonicNanoseconds)
        defer { context.pins.endRemoval() }
        let state = self.state
        let target = min(state.compactRevision, pin ?? .max)
        let removal = HistoryRemoval(database: try context.database, storage: context.storage)
        let limit = StoreLimits.removalRecords(liveBytes: state.liveBytes)
        let next = try removal.step(state, through: target, limit: limit)
        if let next {
            work.withLock { $0.removesAt = nil }
            context.space.shrank(state.liveBytes - next.liveBytes)
            applied.withLock { $0 = next }
        } else {
            let isHeldBack = max(target, state.removedRevision) < state.compactRevision
            let later = context.storage.monotonicNanoseconds + StoreLimits.pinnedRemovalNanoseconds
            work.broadcast { work in
                work.wantsRemoval = isHeldBack
                work.removesAt = isHeldBack ? later : nil
            }
            // Less is left than the last checkpoint said: a snapshot may be worth it now.
            onApplied(state)
        }
    }

    /// Applies a generation and cuts it off the tail.
    func take(_ generation: Generation) throws(StoreError) {
        var reached = state
        let applier = CheckpointApplier(database: try context.database, storage: context.storage)
        let commit: Int
        do {
            commit = try applier.apply(generation, from: &reached) { part in work.broadcast { $0.progress = part } }
        } catch {
            applied.withLock { $0 = reached }
            throw error
        }
        applied.withLock { $0 = reached }
        context.published.withLock { published in
            published.generations.removeAll { $0 === generation }
            published.minimumCommit = max(published.minimumCommit, commit)
        }
        onApplied(reached)
        // What a burst of requests and their answers took is spread over malloc's arenas; the next burst may be far off.
        berth_give_memory_back()
    }
}
