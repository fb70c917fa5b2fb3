/// A state of the store at the end of one batch: what a checkpoint that stops there must contain.
struct BatchMark: Sendable {
    /// Number of versions in the generation's log up to here.
    var versions: Int
    var leaseChanges: Int
    var position: LogPosition
    var revision: Int64
    var compactRevision: Int64
    var stateHash: StateHash
}

enum LeaseChange: Sendable {
    case set(LeaseRecord)
    case remove(Int64)
}

/// A part of the tail: the batches since some point, in memory until a checkpoint has taken them over.
///
/// Sendable by hand: `memtable` has its own rule; the rest is touched by the writer while the generation is active
/// and by the checkpointer after it was handed over under a lock.
final class Generation: @unchecked Sendable {
    let memtable = Memtable()
    var marks: [BatchMark] = []
    var leaseChanges: [LeaseChange] = []
    /// Keys put with a lease, by lease. A key may have lost the lease since.
    var leasedKeys: [Int64: [KeyNode]] = [:]
    /// Monotonic nanoseconds of the first batch.
    var startedNanoseconds: Int64 = 0

    var bytes: Int {
        memtable.bytes + marks.count * MemoryLayout<BatchMark>.stride
            + leaseChanges.count * MemoryLayout<LeaseChange>.stride
    }
}

/// What readers see: the tail, and how far it is published. Replaced as a whole, under a lock.
struct Published: Sendable {
    /// Newest first.
    var generations: [Generation]
    /// Readers need an LMDB snapshot of at least this commit: it holds the generations that were dropped.
    var minimumCommit: Int
    var revision: Int64
    var compactRevision: Int64
}
