internal import LMDB

/// Removes what a compaction has made unreadable, in small LMDB transactions that can be stopped after any of them:
/// `removedRevision` says how far it is, in the same transaction.
///
/// Compacted at 5, with a put at 2 and 4 and deleted at 6, b put at 3 and deleted at 5, c put at 1:
///
///     before   1 c   2 a   3 b   4 a   5 b deleted   6 a deleted
///     after    1 c               4 a   5 b deleted   6 a deleted
///
/// What stays of a key because it is its newest record loses its value, which stands in `latest`.
///
/// Each record up to the compact revision makes the one before it of the same key unreadable. A tombstone goes itself
/// once it is below the compact revision; at that revision a watch may still begin and must see it.
///
/// A step takes whole revisions, at least one: so it always comes further, however much one of them has.
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
        for record in doomed {
            if record.fate == .settled {
                try settle(record, transaction)
            } else {
                try remove(record, transaction, &state)
            }
        }
        state.removedRevision = reached
        do {
            try database.writeState(state, in: transaction)
        } catch {
            throw StoreError(error, database.path)
        }
        let pages = try pages(changedBy: doomed.count, transaction)
        try database.commit(transaction, pages: pages, storage)
        return state
    }

    /// An upper bound: two pages a record, but no more than there are, and some for LMDB's list of free ones. One
    /// transaction may have deleted a hundred thousand keys, which are removed together and stand in few pages.
    private func pages(changedBy records: Int, _ transaction: borrowing WriteTransaction) throws(StoreError) -> Int {
        var all = 0
        do {
            for table in [database.latest, database.history, database.transactions] {
                all += try transaction.statistics(table).pages
            }
        } catch { throw StoreError(error, database.path) }
        return min(2 * records, all + all / 64) + 64
    }

    private struct Doomed {
        enum Fate {
            /// Nobody can read it any more.
            case superseded
            /// Its place in `latest` goes, too, unless the key has been written since.
            case tombstone
            /// Its value goes if it is the newest of its key.
            case settled
        }

        var revision: Revision
        var fate: Fate
    }

    /// Walks the history from where the last step stopped and ends in front of a revision.
    private func find(
        _ state: CheckpointState, through target: Int64, limit: Int
    ) throws(StoreError) -> (doomed: [Doomed], reached: Int64) {
        let snapshot: ReadTransaction
        do { snapshot = try ReadTransaction(database.environment) } catch { throw StoreError(error, database.path) }
        return try snapshot.withCursor(database.history) { cursor throws(StoreError) in
            var doomed: [Doomed] = []
            var entry = try Revision(main: state.removedRevision, sub: 0).withKey { key throws(StoreError) in
                try lmdb(database.path) { () throws(LMDBError) in try cursor.seek(key) }
            }
            var current = state.removedRevision
            while let found = entry {
                let view = try HistoryEntry.decode(Revision(key: found.key), found.value)
                let revision = view.record.header.revision.main
                if revision > target { return (doomed, target) }
                if revision != current, doomed.count >= limit { return (doomed, current) }
                current = revision
                judge(view, isNew: revision > state.removedRevision, isBelowTarget: revision < target, &doomed)
                entry = try lmdb(database.path) { () throws(LMDBError) in try cursor.next() }
            }
            return (doomed, target)
        }
    }

    /// Adds what a record makes removable. Those of the removed revision itself are looked at once more because a
    /// tombstone was left there, for watches that begin at what was the target then. The rest of them has had its turn:
    /// counted again it could fill a step after the other, and none would come further.
    private func judge(_ entry: HistoryEntry.View, isNew: Bool, isBelowTarget: Bool, _ doomed: inout [Doomed]) {
        let header = entry.record.header
        if isNew, header.previous != .none { doomed.append(Doomed(revision: header.previous, fate: .superseded)) }
        if header.isTombstone, isBelowTarget {
            doomed.append(Doomed(revision: header.revision, fate: .tombstone))
        } else if isNew, entry.hasValue {
            doomed.append(Doomed(revision: header.revision, fate: .settled))
        }
    }

    private func remove(
        _ doomed: Doomed, _ transaction: borrowing WriteTransaction, _ state: inout CheckpointState
    ) throws(StoreError) {
        do {
            let tombstone = try doomed.revision.withKey { key throws(LMDBError) -> [UInt8]? in
                guard let entry = try transaction.get(database.history, key) else { return nil }
                let keyCount = Int(entry.number(70, as: UInt16.self))
                let valueCount = Int(entry.number(72, as: UInt32.self))
                state.liveBytes -= Int64(keyCount + valueCount)
                state.liveRecords -= 1
                let name = doomed.fate == .tombstone ? Array(entry.slice(HistoryEntry.headSize, keyCount)) : nil
                _ = try transaction.delete(database.history, key)
                return name
            }
            try removeTransactionIfEmpty(doomed.revision.main, transaction)
            if let tombstone { try removeTombstone(tombstone, doomed.revision, transaction) }
        } catch {
            throw StoreError(error, database.path)
        }
    }

    /// Taken out and put back, since only a deletion makes LMDB join pages that have become empty.
    private func settle(_ settled: Doomed, _ transaction: borrowing WriteTransaction) throws(StoreError) {
        let entry = try lmdb(database.path) { () throws(LMDBError) in
            try settled.revision.withKey { key throws(LMDBError) in
                try transaction.get(database.history, key).map { Array($0) }
            }
        }
        guard let entry else { return }
        try entry.withRawBytes { entry throws(StoreError) in
            let record = try HistoryEntry.decode(settled.revision, entry).record
            try lmdb(database.path) { () throws(LMDBError) in
                guard let latest = try transaction.get(database.latest, record.key),
                    latest.count >= LatestEntry.headSize,
                    RecordHeader(decoding: latest).revision == settled.revision
                else { return }
                try settled.revision.withKey { key throws(LMDBError) in
                    _ = try transaction.delete(database.history, key)
                    let size = HistoryEntry.size(record, withValue: false)
                    HistoryEntry.encode(
                        record, withValue: false, to: try transaction.reserve(database.history, key, count: size))
                }
            }
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
