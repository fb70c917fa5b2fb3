internal import LMDB

/// One LMDB write transaction of a checkpoint: applies records in the order they were written and keeps the
/// checkpoint's own account (revision, state hash, live bytes) up to date.
struct CheckpointTransaction: ~Copyable {
    private let database: Database
    private let transaction: WriteTransaction
    private let scratch = OutputBuffer()
    private(set) var state: CheckpointState
    /// Pages made dirty so far, about.
    var dirtyPages: Int { touchedPages + appendedBytes / 4_096 }
    private var touchedPages = 0
    private var appendedBytes = 0
    private var lastTransaction: Int64

    init(_ database: Database, state: CheckpointState) throws(StoreError) {
        self.database = database
        self.state = state
        lastTransaction = state.revision
        do { transaction = try WriteTransaction(database.environment) } catch {
            throw StoreError(error, database.path)
        }
    }

    /// Moves the key's present record into the history and puts this one in its place. A record that does not
    /// continue the present one means that log and checkpoint belong to different lives: damage.
    mutating func apply(_ version: VersionNode) throws(StoreError) {
        let transaction = version.transaction
        try apply(version.record, nanoseconds: transaction.nanoseconds, origin: transaction.origin)
    }

    /// - Parameters nanoseconds, origin: of the record's transaction; kept with its first record.
    mutating func apply(
        _ record: RecordView, nanoseconds: Int64, origin: UnsafeRawBufferPointer
    ) throws(StoreError) {
        let old = try present(record)
        if let old { try retire(old, for: record) }
        if !record.isTombstone { state.stateHash.add(record.checksum) }
        let hasNewTransaction = record.header.revision.main != lastTransaction
        lastTransaction = record.header.revision.main
        state.liveRecords += 1
        state.liveBytes += Int64(record.key.count + record.value.count)
        touchedPages += record.value.count > 1_900 ? record.value.count / 4_096 + 1 : 0
        do {
            try putLatest(record)
            try appendHistory(record)
            if hasNewTransaction { try appendTransaction(record.header.revision.main, nanoseconds, origin) }
            if record.header.lease != 0, record.header.lease != old?.header.lease {
                try LeaseKey.withKey(record.header.lease, record.key) { key throws(LMDBError) in
                    try transaction.put(database.leaseKeys, key, UnsafeRawBufferPointer(start: nil, count: 0))
                }
            }
        } catch {
            throw StoreError(error, database.path)
        }
    }

    /// Its bytes are copied: LMDB's own may move with the next change.
    private mutating func present(_ record: RecordView) throws(StoreError) -> RecordView? {
        let entry: UnsafeRawBufferPointer?
        do { entry = try transaction.get(database.latest, record.key) } catch {
            throw StoreError(error, database.path)
        }
        guard let entry else {
            if record.header.previous.main > state.compactRevision {
                throw mismatch(record, "its predecessor is missing")
            }
            touchedPages += 1
            return nil
        }
        if database.environment.isClean(entry) ?? true { touchedPages += 1 }
        scratch.removeAll()
        scratch.append(entry)
        let old = try LatestEntry.decode(key: record.key, scratch.bytes)
        if old.header.revision != record.header.previous {
            throw mismatch(record, "the checkpoint's record before it is of revision \(old.header.revision.main)")
        }
        return old
    }

    private mutating func retire(_ old: RecordView, for record: RecordView) throws(StoreError) {
        do {
            if !old.isTombstone {
                state.stateHash.remove(old.checksum)
                try keepValue(of: old)
            }
            if old.header.lease != 0, old.header.lease != record.header.lease {
                _ = try LeaseKey.withKey(old.header.lease, old.key) { key throws(LMDBError) in
                    try transaction.delete(database.leaseKeys, key)
                }
            }
        } catch {
            throw StoreError(error, database.path)
        }
    }

    /// `latest` is about to have another value: this one goes to the history unless it stands there already.
    private mutating func keepValue(of old: RecordView) throws(LMDBError) {
        let wasMissing = try old.header.revision.withKey { key throws(LMDBError) in
            if let entry = try transaction.get(database.history, key), HistoryEntry.hasValue(entry) { return false }
            let size = HistoryEntry.size(old, withValue: true)
            HistoryEntry.encode(old, withValue: true, to: try transaction.reserve(database.history, key, count: size))
            return true
        }
        if wasMissing { touchedPages += 1 }
    }

    private func putLatest(_ record: RecordView) throws(LMDBError) {
        let size = LatestEntry.headSize + record.value.count
        LatestEntry.encode(record, to: try transaction.reserve(database.latest, record.key, count: size))
    }

    /// With its value, so that the pages of the history are written once, in order and full, and not again when the next
    /// record comes. The compaction takes out what then still stands in `latest`, too.
    private mutating func appendHistory(_ record: RecordView) throws(LMDBError) {
        let revision = record.header.revision
        let withValue =
            !record.isTombstone && record.value.count <= StoreLimits.historyValueBytes
            && revision.main > state.compactRevision
        let size = HistoryEntry.size(record, withValue: withValue)
        try revision.withKey { key throws(LMDBError) in
            HistoryEntry.encode(
                record, withValue: withValue,
                to: try transaction.reserve(database.history, key, count: size, appending: true))
        }
        appendedBytes += size
    }

    private func appendTransaction(
        _ revision: Int64, _ nanoseconds: Int64, _ origin: UnsafeRawBufferPointer
    ) throws(LMDBError) {
        try withBigEndian(revision) { key throws(LMDBError) in
            let target = try transaction.reserve(
                database.transactions, key, count: TransactionEntry.headSize + origin.count, appending: true)
            TransactionEntry.encode(revision, nanoseconds: nanoseconds, origin: origin, to: target)
        }
    }

    mutating func apply(_ change: LeaseChange) throws(StoreError) {
        do {
            switch change {
            case .set(let lease):
                try withBigEndian(lease.id) { key throws(LMDBError) in
                    LeaseEntry.encode(
                        lease, to: try transaction.reserve(database.leases, key, count: LeaseEntry.size))
                }
            case .remove(let id):
                _ = try withBigEndian(id) { key throws(LMDBError) in try transaction.delete(database.leases, key) }
            }
        } catch {
            throw StoreError(error, database.path)
        }
    }

    /// Commits with the position and revisions of `mark`, after comparing the state hash that the writer computed with
    /// the one that this checkpoint's own contents give. Returns the commit's number and the new state.
    consuming func commit(at mark: BatchMark, now: Int64, _ storage: any Storage) throws(StoreError)
        -> (id: Int, state: CheckpointState)
    {
        if state.stateHash != mark.stateHash {
            throw StoreError(
                .corrupt,
                "\(database.path): state hash at revision \(mark.revision) is \(state.stateHash.value), "
                    + "the log says \(mark.stateHash.value)")
        }
        state.position = mark.position
        state.revision = mark.revision
        state.compactRevision = mark.compactRevision
        state.writtenNanoseconds = now
        return try commit(storage)
    }

    consuming func commit(_ storage: any Storage) throws(StoreError) -> (id: Int, state: CheckpointState) {
        let (database, state) = (self.database, self.state)
        do { try database.writeState(state, in: transaction) } catch { throw StoreError(error, database.path) }
        // A half more for the inner pages of the trees and for LMDB's list of free ones.
        let pages = dirtyPages + dirtyPages / 2 + 64
        let id = transaction.id
        let ending = transaction
        try database.commit(ending, pages: pages, storage)
        return (id, state)
    }

    private func mismatch(_ record: RecordView, _ how: String) -> StoreError {
        let name = String(decoding: record.key.prefix(80), as: UTF8.self)
        return StoreError(
            .corrupt, "\(database.path): revision \(record.header.revision.main) of \(name) does not fit: \(how)")
    }
}
