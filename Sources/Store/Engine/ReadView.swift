internal import LMDB

/// A consistent view over tail and checkpoint. First the LMDB snapshot, then the tail; if the tail has been cut at a
/// commit that the snapshot does not show yet, start over. So whatever is missing in the tail is in the snapshot.
///
/// What it hands out points into the tail's arenas and LMDB's map and is valid while the view lives.
struct ReadView: ~Copyable {
    let database: Database
    let snapshot: ReadTransaction
    let published: Published

    init(_ context: StoreContext) throws(StoreError) {
        let database = try context.database
        var attempts = 0
        while true {
            let snapshot: ReadTransaction
            do { snapshot = try ReadTransaction(database.environment) } catch {
                throw StoreError(error, database.path)
            }
            let published = context.published.withLock { $0 }
            if snapshot.id >= published.minimumCommit {
                self.database = database
                self.snapshot = snapshot
                self.published = published
                return
            }
            attempts += 1
            precondition(attempts < 1_000, "a commit that the tail relies on stays invisible")
        }
    }

    /// The record of a key at a revision (tombstones included), `Int64.max` for the newest there is.
    func record(_ key: UnsafeRawBufferPointer, at revision: Int64) throws(StoreError) -> RecordView? {
        for generation in published.generations {
            if let node = generation.memtable.find(key), let version = node.version(at: revision) {
                return version.record
            }
        }
        let entry: UnsafeRawBufferPointer?
        if key.isEmpty { return nil }
        do { entry = try snapshot.get(database.latest, key) } catch { throw StoreError(error, database.path) }
        guard let entry else { return nil }
        return try resolve(key, entry, at: revision, verifying: true)
    }

    /// Follows the previous revisions of a key from its newest record down to `revision`.
    func resolve(
        _ key: UnsafeRawBufferPointer, _ entry: UnsafeRawBufferPointer, at revision: Int64, verifying: Bool
    ) throws(StoreError) -> RecordView? {
        let newest = try LatestEntry.decode(key: key, entry)
        if newest.header.revision.main <= revision {
            if verifying { try verify(newest) }
            return newest
        }
        var previous = newest.header.previous
        while previous != .none {
            guard let entry = try history(previous) else {
                if previous.main <= published.compactRevision { return nil }
                throw HistoryEntry.damaged(previous, "is missing")
            }
            if previous.main <= revision {
                if !entry.hasValue, !entry.record.isTombstone {
                    throw HistoryEntry.damaged(previous, "has lost its value")
                }
                if verifying { try verify(entry.record) }
                return entry.record
            }
            previous = entry.record.header.previous
        }
        return nil
    }

    func history(_ revision: Revision) throws(StoreError) -> HistoryEntry.View? {
        let entry: UnsafeRawBufferPointer?
        do {
            entry = try revision.withKey { key throws(LMDBError) in try snapshot.get(database.history, key) }
        } catch {
            throw StoreError(error, database.path)
        }
        return if let entry { try HistoryEntry.decode(revision, entry) } else { nil }
    }

    func verify(_ record: RecordView) throws(StoreError) {
        if record.header.checksum(key: record.key, value: record.value) != record.checksum {
            throw LatestEntry.damaged(
                record.key, "at revision \(record.header.revision.main) does not match its checksum")
        }
    }
}

extension KeyNode {
    /// The newest version not above `revision` in this memtable.
    func version(at revision: Int64) -> VersionNode? {
        var version = newest
        while let candidate = version, candidate.revision > revision { version = candidate.older }
        return version
    }
}
