/// Applies a generation in LMDB transactions of bounded size, each ending at a batch.
struct CheckpointApplier {
    let database: Database
    let storage: any Storage

    /// Keeps `state` at what is durable, also when it fails; called again, it goes on there. Returns the number of the
    /// last commit.
    /// - Parameter progress: told after each commit which part of the generation, 0 to 1, is done.
    func apply(
        _ generation: Generation, from state: inout CheckpointState, progress: (Double) -> Void = { _ in }
    ) throws(StoreError) -> Int {
        let applied = state.position.sequence
        var mark = generation.marks.firstIndex { $0.position.sequence > applied } ?? generation.marks.count
        var version = mark > 0 ? generation.marks[mark - 1].versions : 0
        var leaseChange = mark > 0 ? generation.marks[mark - 1].leaseChanges : 0
        var commit = 0
        while mark < generation.marks.count {
            var transaction = try CheckpointTransaction(database, state: state)
            let pages = StoreLimits.checkpointPages(liveBytes: state.liveBytes)
            repeat {
                let target = generation.marks[mark]
                while version < target.versions {
                    try transaction.apply(generation.memtable.log[version])
                    version += 1
                }
                while leaseChange < target.leaseChanges {
                    try transaction.apply(generation.leaseChanges[leaseChange])
                    leaseChange += 1
                }
                mark += 1
            } while mark < generation.marks.count && transaction.dirtyPages < pages
            (commit, state) = try transaction.commit(
                at: generation.marks[mark - 1], now: storage.wallNanoseconds, storage)
            progress(Double(mark) / Double(generation.marks.count))
        }
        return commit
    }
}
