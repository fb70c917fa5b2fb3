/// Owns LMDB's write side: takes over generations of the tail, one at a time, on its own thread.
final class Checkpointer: Sendable {
    private struct Work {
        var generation: Generation?
        var isBusy = false
        /// A compaction may have something to remove.
        var wantsRemoval = true
        var isClosed = false
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

    /// Hands a generation over. The caller has published a newer one in front of it, and asked `isBusy`.
    func submit(_ generation: Generation) {
        work.broadcast { work in
            precondition(!work.isBusy, "one generation is checkpointed at a time")
            work.generation = generation
            work.isBusy = true
        }
    }

    /// Returns when nothing that is compacted is left to remove, as far as is known now.
    func waitForRemoval() { work.wait { $0.isBusy || $0.wantsRemoval ? nil : () } }

    func waitUntilIdle() { work.wait { $0.isBusy ? nil : () } }

    func close() { work.broadcast { $0.isClosed = true } }

    /// The body of the checkpointer's thread. Ends after `close`, when what was submitted is applied.
    func run() {
        while true {
            switch nextTask() {
            case .apply(let generation):
                attempt { () throws(StoreError) in try take(generation) }
                work.broadcast { work in
                    work.generation = nil
                    work.isBusy = false
                    work.wantsRemoval = true
                }
            case .remove: attempt { () throws(StoreError) in try removeHistory() }
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
        work.wait { work in
            if let generation = work.generation { return .apply(generation) }
            if work.isClosed { return .end }
            return work.wantsRemoval ? .remove : nil
        } ?? .end
    }

    private func attempt(_ body: () throws(StoreError) -> Void) {
        if context.failure != nil { return work.broadcast { $0.wantsRemoval = false } }
        do { try body() } catch { context.fail(error) }
    }

    /// One small step; the next one when there is nothing more urgent.
    private func removeHistory() throws(StoreError) {
        let pin = context.pins.lowest(now: context.storage.monotonicNanoseconds)
        let state = self.state
        let target = min(state.compactRevision, pin ?? .max)
        let removal = HistoryRemoval(database: try context.database, storage: context.storage)
        let next = try removal.step(state, through: target, limit: StoreLimits.removalRecords)
        if let next {
            applied.withLock { $0 = next }
        } else {
            work.broadcast { $0.wantsRemoval = false }
        }
    }

    /// Applies a generation and cuts it off the tail.
    func take(_ generation: Generation) throws(StoreError) {
        var reached = state
        let applier = CheckpointApplier(database: try context.database, storage: context.storage)
        let commit = try applier.apply(generation, from: &reached)
        applied.withLock { $0 = reached }
        context.published.withLock { published in
            published.generations.removeAll { $0 === generation }
            published.minimumCommit = max(published.minimumCommit, commit)
        }
        onApplied(reached)
    }
}
