internal import LMDB

/// Removes what a compaction has made unreadable, in small LMDB transactions that can be stopped after any of them:
/// `removedRevision` says how far it is, in the same transaction.
///
/// Compacted at 5, with a put at 2 and 4 and deleted at 6, b put at 3 and deleted at 5, c put at 1:
///
///     before   1 c   2 a   3 b   4 a   5 b deleted   6 a deleted
///     after    1 c               4 a   5 b deleted   6 a deleted
///
/// Each record up to the compact revision makes the one before it of the same key unreadable. A tombstone goes itself
/// once it is below the compact revision; at that revision a watch may still begin and must see it.
struct HistoryRemoval {
    let database: Database
    let storage: any Storage

    /// Removes at most `limit` records. Returns the new state, or nil if there is nothing to do up to `target`.
    func step(_ state: CheckpointState, through target: Int64, limit: Int) throws(StoreError) -> CheckpointState? {
        if state.removedRevision >= target { return nil }
        let (doomed, reached) = try find(state, through: target, limit: limit)
        let transaction: WriteTransaction
        do { transaction = try WriteTransaction(database.environment) } catch {
            throw StoreError(error, database.path)
        }
        var state = state
        for record in doomed { try remove(record, transaction, &state) }
        state.removedRevision = reached
        do {
            try database.writeState(state, in: transaction)
        } catch {
            throw StoreError(error, database.path)
        }
        try database.allocate(pages: 2 * doomed.count + 64, storage)
        try storage.willCommit()
        let ending = transaction
        do { try ending.commit() } catch { throw StoreError(error, database.path) }
        return state
    }

    private struct Doomed {
        var revision: Revision
        /// Set for a tombstone: its place in `latest` goes, too, unless the key has been written since.
        var key: [UInt8]?
    }

    /// Walks the history from where the last step stopped and ends in front of a revision.
    private func find(
        _ state: CheckpointState, through target: Int64, limit: Int
    ) throws(StoreError) -> (doomed: [Doomed], reached: Int64) {
        let snapshot: ReadTransaction
        do { snapshot = try ReadTransaction(database.environment) } catch { throw StoreError(error, database.path) }
        return try snapshot.withCursor(database.history) { cursor throws(StoreError) in
            var doomed: [Doomed] = []
            // A tombstone exactly at the last target was left for watches that begin there.
            var entry = try Revision(main: state.removedRevision, sub: 0).withKey { key throws(StoreError) in
                try lmdb(database.path) { () throws(LMDBError) in try cursor.seek(key) }
            }
            var current = state.removedRevision
            while let found = entry {
                let record = try HistoryEntry.decode(Revision(key: found.key), found.value).record
                let revision = record.header.revision
                if revision.main > target { return (doomed, target) }
                if revision.main != current, doomed.count >= limit { return (doomed, current) }
                current = revision.main
                let previous = record.header.previous
                if previous != .none { doomed.append(Doomed(revision: previous, key: nil)) }
                if record.isTombstone, revision.main < target {
                    doomed.append(Doomed(revision: revision, key: Array(record.key)))
                }
                entry = try lmdb(database.path) { () throws(LMDBError) in try cursor.next() }
            }
            return (doomed, target)
        }
    }

    private func remove(
        _ doomed: Doomed, _ transaction: borrowing WriteTransaction, _ state: inout CheckpointState
    ) throws(StoreError) {
        do {
            try doomed.revision.withKey { key throws(LMDBError) in
                guard let entry = try transaction.get(database.history, key) else { return }
                let keyCount = Int(entry.number(70, as: UInt16.self))
                let valueCount = Int(entry.number(72, as: UInt32.self))
                state.liveBytes -= Int64(keyCount + valueCount)
                state.liveRecords -= 1
                _ = try transaction.delete(database.history, key)
            }
            try removeTransactionIfEmpty(doomed.revision.main, transaction)
            if let key = doomed.key { try removeTombstone(key, doomed.revision, transaction) }
        } catch {
            throw StoreError(error, database.path)
        }
    }

    /// Time and origin stay as long as a record of the transaction does.
    private func removeTransactionIfEmpty(
        _ revision: Int64, _ transaction: borrowing WriteTransaction
    ) throws(LMDBError) {
        let isEmpty = try transaction.withCursor(database.history) { cursor throws(LMDBError) in
            try Revision(main: revision, sub: 0).withKey { key throws(LMDBError) in
                guard let next = try cursor.seek(key) else { return true }
                return Revision(key: next.key).main != revision
            }
        }
        if !isEmpty { return }
        _ = try withBigEndian(revision) { key throws(LMDBError) in
            try transaction.delete(database.transactions, key)
        }
    }

    private func removeTombstone(
        _ key: [UInt8], _ revision: Revision, _ transaction: borrowing WriteTransaction
    ) throws(LMDBError) {
        try key.withRawBytes { key throws(LMDBError) in
            guard let entry = try transaction.get(database.latest, key), entry.count >= LatestEntry.headSize,
                RecordHeader(decoding: entry).revision == revision
            else { return }
            _ = try transaction.delete(database.latest, key)
        }
    }
}
