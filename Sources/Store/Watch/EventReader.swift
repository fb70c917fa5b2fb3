internal import LMDB

/// Reads what was written, in the order of revisions: from the checkpoint's history, then from the tail.
extension ReadView {
    /// Calls `body` with each record from revision `first` to `last`. Stops in front of a revision once `rows` records
    /// were handed over, or when `body` returns false. Returns the first revision that was not handed over.
    func history(
        from first: Int64, through last: Int64, rows: Int, _ body: (RecordView) throws(StoreError) -> Bool
    ) throws(StoreError) -> Int64 {
        var walk = HistoryWalk(next: first, last: last, rows: rows)
        if try !isInTail(first) { try walkCheckpoint(&walk, body) }
        if !walk.isDone { try walkTail(&walk, body) }
        return walk.next
    }

    /// What a compaction has removed from the checkpoint that this view shows: of reads at this revision and of events
    /// behind it nothing is missing.
    func removedRevision() throws(StoreError) -> Int64 { try database.readState(in: snapshot)?.removedRevision ?? 0 }

    /// Whether events behind `revision` may be gone.
    func hasLostEvents(after revision: Int64) throws(StoreError) -> Bool {
        if try isInTail(revision + 1) { return false }
        return try removedRevision() > revision
    }

    private func isInTail(_ revision: Int64) throws(StoreError) -> Bool {
        guard let oldest = published.generations.last(where: { $0.memtable.log.count > 0 }) else { return false }
        return oldest.memtable.log[0].revision <= revision
    }

    private func walkCheckpoint(
        _ walk: inout HistoryWalk, _ body: (RecordView) throws(StoreError) -> Bool
    ) throws(StoreError) {
        try snapshot.withCursor(database.history) { cursor throws(StoreError) in
            var entry = try Revision(main: walk.next, sub: 0).withKey { key throws(StoreError) in
                try lmdb(database.path) { () throws(LMDBError) in try cursor.seek(key) }
            }
            while let found = entry, !walk.isDone {
                let view = try HistoryEntry.decode(Revision(key: found.key), found.value)
                if try walk.admits(view.record.header.revision.main) {
                    walk.took(try body(try complete(view)))
                }
                entry = try lmdb(database.path) { () throws(LMDBError) in try cursor.next() }
            }
            if entry == nil { walk.finishRevision() }
        }
    }

    /// Calls `body` with every record of the checkpoint's history from `start` on, until it returns false.
    func walkHistory(
        from start: Revision, _ body: (RecordView) throws(StoreError) -> Bool
    ) throws(StoreError) {
        try snapshot.withCursor(database.history) { cursor throws(StoreError) in
            var entry = try start.withKey { key throws(StoreError) in
                try lmdb(database.path) { () throws(LMDBError) in try cursor.seek(key) }
            }
            while let found = entry {
                let view = try HistoryEntry.decode(Revision(key: found.key), found.value)
                if try !body(try complete(view)) { return }
                entry = try lmdb(database.path) { () throws(LMDBError) in try cursor.next() }
            }
        }
    }

    /// The newest record of a key has its value in `latest`.
    private func complete(_ view: HistoryEntry.View) throws(StoreError) -> RecordView {
        if view.hasValue || view.record.isTombstone {
            try verify(view.record)
            return view.record
        }
        let entry = try lmdb(database.path) { () throws(LMDBError) in
            try snapshot.get(database.latest, view.record.key)
        }
        guard let entry else { throw LatestEntry.damaged(view.record.key, "is missing") }
        let newest = try LatestEntry.decode(key: view.record.key, entry)
        guard newest.header.revision == view.record.header.revision else {
            throw HistoryEntry.damaged(view.record.header.revision, "has lost its value")
        }
        try verify(newest)
        return newest
    }

    private func walkTail(
        _ walk: inout HistoryWalk, _ body: (RecordView) throws(StoreError) -> Bool
    ) throws(StoreError) {
        for generation in published.generations.reversed() where !walk.isDone {
            let log = generation.memtable.log
            var index = log.index(of: walk.next)
            while index < log.count, !walk.isDone {
                let version = log[index]
                if try walk.admits(version.revision) { walk.took(try body(version.record)) }
                index += 1
            }
            if index == log.count { walk.finishRevision() }
        }
        if !walk.isDone { walk.reachedEnd() }
    }
}

extension ReadView {
    /// The newest revision in the checkpoint that was written before a time (wall clock, nanoseconds since 1970), by
    /// bisection; 0 if there is none. A clock that jumped gives a neighbour of the right answer.
    func newestRevision(before nanoseconds: Int64) throws(StoreError) -> Int64 {
        try snapshot.withCursor(database.transactions) { cursor throws(StoreError) in
            let ends = try lmdb(database.path) { () throws(LMDBError) in
                (
                    try cursor.first()?.key.loadUnaligned(as: Int64.self),
                    try cursor.last()?.key.loadUnaligned(as: Int64.self)
                )
            }
            guard var low = ends.0.map(Int64.init(bigEndian:)), var high = ends.1.map(Int64.init(bigEndian:)) else {
                return 0
            }
            var found: Int64 = 0
            while low <= high {
                let middle = low + (high - low) / 2
                let entry = try withBigEndian(middle) { key throws(StoreError) in
                    try lmdb(database.path) { () throws(LMDBError) in try cursor.seek(key) }
                }
                guard let entry else { break }
                let revision = Int64(bigEndian: entry.key.loadUnaligned(as: Int64.self))
                if try TransactionEntry.decode(revision, entry.value).nanoseconds < nanoseconds {
                    found = max(found, revision)
                    low = revision + 1
                } else {
                    high = middle - 1
                }
            }
            return found
        }
    }
}

/// Where a walk through the history is: records of one revision are handed over together or not at all.
private struct HistoryWalk {
    private(set) var next: Int64
    let last: Int64
    private var rowsLeft: Int
    private var current: Int64 = 0
    private(set) var isDone = false

    init(next: Int64, last: Int64, rows: Int) {
        self.next = next
        self.last = last
        rowsLeft = rows
        isDone = next > last
    }

    mutating func admits(_ revision: Int64) throws(StoreError) -> Bool {
        if revision != current {
            finishRevision()
            if revision > last || rowsLeft <= 0 {
                isDone = true
                if revision > last { next = last + 1 }
                return false
            }
            current = revision
        }
        return true
    }

    mutating func took(_ goesOn: Bool) {
        rowsLeft -= 1
        if !goesOn { isDone = true }
    }

    mutating func finishRevision() {
        if current != 0 { next = current + 1 }
    }

    mutating func reachedEnd() {
        next = last + 1
        isDone = true
    }
}
