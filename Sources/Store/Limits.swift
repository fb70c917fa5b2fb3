/// Every bound of the store in one place, in bytes unless the name says otherwise.
package enum StoreLimits {
    /// LMDB keys are at most 511 bytes; the rest is left for prefixes of internal tables.
    package static let keyBytes = 500
    /// etcd's default `--max-request-bytes`.
    package static let requestBytes = 1_572_864
    /// etcd's default `--max-txn-ops`.
    package static let transactionOperations = 128
    package static let originBytes = 128
    /// etcd: the longest TTL, about 285 years.
    package static let leaseSeconds: Int64 = 9_000_000_000
    /// Log bytes that the deletions of one transaction may take: the record must fit into one segment.
    package static let deletionBytes = 12_582_912
    /// One batch of the log takes no further transaction once it has this size.
    package static let batchBytes = 524_288
    package static let segmentBytes = 16_777_216
    package static let snapshotLogBytes: Int64 = 268_435_456
    /// The first segment is small, so that a new store is ready at once.
    package static let firstSegmentBytes = 1_048_576
    /// A snapshot in the background rests this many times as long as it has worked.
    package static let snapshotRest: Int64 = 2
    /// The tail is handed to the checkpoint at this size, if that is idle ...
    package static let generationBytes = 12_582_912
    /// ... and writers wait when the active part has this one: both parts together stay below 32 MiB, and far below
    /// unless the disk is slower than the log.
    package static let generationBytesMaximum = 14_680_064
    /// A start on a full disk keeps what the checkpoint cannot take in memory, up to this size: the two parts of the tail,
    /// and what each further life on a disk that stays full adds.
    package static let replayBytesMaximum = 8 * generationBytes
    /// How much further than the checkpoint's work the filling of the tail may be, as a part of the whole, before each
    /// batch waits for so long at most.
    package static let checkpointLead = 0.2
    package static let checkpointPaceNanoseconds: Int64 = 10_000_000
    /// A write is checkpointed after this time at the latest.
    package static let checkpointNanoseconds: Int64 = 30_000_000_000
    /// Without a further write a batch is sealed after this time: an empty batch behind it proves that it was durable.
    package static let sealNanoseconds: Int64 = 50_000_000
    /// Callers write on their own threads only while a write and sync takes less than this: an event loop that waits for
    /// the disk keeps others waiting.
    package static let quickSyncNanoseconds: Int64 = 1_000_000
    /// ... and transactions whose values are no longer than this.
    package static let briefBytes = 65_536
    /// A lease that has not been renewed for this time is recorded with its deadline.
    package static let leaseSettleNanoseconds: Int64 = 60_000_000_000
    /// Dirty pages of one checkpoint transaction (4 KiB each), about. LMDB keeps their memory for the next one, and the
    /// pages that they replace are free only two transactions later: what small stores write at once is small.
    package static func checkpointPages(liveBytes: Int64) -> Int { Int(min(2_048, max(128, liveBytes / 32_768))) }
    /// Values up to this size stand in the history from the beginning. Longer ones would be kept twice.
    package static let historyValueBytes = 1_024
    /// Records that one transaction of a compaction removes: each may stand in a page of its own.
    package static func removalRecords(liveBytes: Int64) -> Int { checkpointPages(liveBytes: liveBytes) / 2 }
    /// How often the retention policy is asked, and the least that is worth a compaction of its own.
    package static let retentionNanoseconds: Int64 = 300_000_000_000
    package static let retentionRevisions: Int64 = 1_000
    /// How long, and for how many written bytes, a look at the free disk space holds.
    package static let spaceNanoseconds: Int64 = 250_000_000
    package static let spaceBytes: Int64 = 1_048_576
    /// Put aside on the disk, so that a full one does not stop deletes, compaction and the checkpoint.
    package static let reserveBytes: Int64 = 67_108_864
    /// Room in the log that a batch leaves for its state record and for requests of fixed size.
    package static let batchSlack = 4_096
    /// How often a reserve that did not fit is tried again.
    package static let reserveNanoseconds: Int64 = 60_000_000_000
    /// Revisions that stay readable when history is given up because the quota is reached.
    package static let pressureRevisions: Int64 = 1_000
    /// How soon something that found the disk full tries again.
    package static let fullDiskNanoseconds: Int64 = 1_000_000_000
    /// Keys looked at in one LMDB read transaction; longer reads go on in a new one.
    package static let viewRows = 10_000
    /// The same for the values that a snapshot copies out of one.
    package static let viewBytes = 8_388_608
    /// How long a read in several steps may hold history back.
    package static let pinNanoseconds: Int64 = 60_000_000_000
    /// How long a store that has failed waits for its last line of log, or for the mark of damage, before it ends.
    package static let lastWordsNanoseconds: Int64 = 500_000_000
    /// How soon a compaction that something held back goes on.
    package static let pinnedRemovalNanoseconds: Int64 = 1_000_000_000
    /// The scrub begins this long after the start, and again each day; records that it reads between two pauses.
    package static let scrubDelayNanoseconds: Int64 = 600_000_000_000
    package static let scrubNanoseconds: Int64 = 86_400_000_000_000
    package static let scrubRows = 2_000
    /// Address space for LMDB, and with that the largest checkpoint.
    package static let mapBytes = 68_719_476_736
    /// What a watch sink may have queued before it counts as slow.
    package static let watchQueueBytes = 262_144
    /// How long a sink may stay above that before it is cancelled.
    package static let watchPatienceNanoseconds: Int64 = 5_000_000_000
    /// Records that one watch may read from the history before the others have their turn.
    package static let watchSlice = 512
}
