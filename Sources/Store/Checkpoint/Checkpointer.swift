/// Owns LMDB's write side: takes over generations of the tail, one at a time, on its own thread.
final class Checkpointer: Sendable {
    private struct Work {
        var generation: Generation?
        var isBusy = false
        var isClosed = false
    }

    private let context: StoreContext
    private let work = Monitor(Work())
    private let applied: Monitor<CheckpointState>

    init(context: StoreContext, state: CheckpointState) {
        self.context = context
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

    func waitUntilIdle() { work.wait { $0.isBusy ? nil : () } }

    func close() { work.broadcast { $0.isClosed = true } }

    /// The body of the checkpointer's thread. Ends after `close`, when what was submitted is applied.
    func run() {
        while let generation = work.wait({ work -> Generation?? in
            if let generation = work.generation { return .some(generation) }
            return work.isClosed ? .some(nil) : nil
        }) ?? nil {
            do {
                if context.failure == nil { try take(generation) }
            } catch {
                context.fail(error)
            }
            work.broadcast { work in
                work.generation = nil
                work.isBusy = false
            }
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
        try removeSegments()
    }

    /// Removes log segments that a committed checkpoint covers.
    private func removeSegments() throws(StoreError) {
        let needed = state.position.segment
        var removed = false
        for number in try context.directory.segments(context.storage) where number < needed {
            try context.storage.remove(context.directory.segment(number))
            removed = true
        }
        if removed { try context.storage.syncDirectory(context.directory.log) }
    }
}
