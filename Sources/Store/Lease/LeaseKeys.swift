internal import LMDB

/// Keys that a lease holds.
struct LeaseKeys {
    /// In order.
    var keys: [[UInt8]] = []
    /// What deleting them takes of the log.
    var logBytes = 0
    /// These are all.
    var isComplete = true

    /// False if it does not fit any more.
    fileprivate mutating func add(_ key: [UInt8], within limit: Int) -> Bool {
        let bytes = ChangeWriter.changeBytes + key.count
        if logBytes + bytes > limit {
            isComplete = false
            return false
        }
        keys.append(key)
        logBytes += bytes
        return true
    }

    fileprivate mutating func sort() {
        keys.sort { compareBytes($0, $1) < 0 }
    }
}

extension ReadView {
    /// The keys that a lease holds, in order: for the writer's thread as the batch leaves them that it collects, for
    /// others at the newest published revision.
    func keys(of lease: Int64, onWriterThread: Bool) throws(StoreError) -> [[UInt8]] {
        try keys(of: lease, logBytes: .max, onWriterThread: onWriterThread).keys
    }

    /// As many of them as can be deleted for so many bytes of the log.
    func keys(of lease: Int64, logBytes limit: Int, onWriterThread: Bool) throws(StoreError) -> LeaseKeys {
        let revision = onWriterThread ? Int64.max : published.revision
        var found = LeaseKeys()
        var seen: Set<[UInt8]> = []
        try forEachKeyPut(with: lease, through: revision, onWriterThread: onWriterThread) { key throws(StoreError) in
            let copy = Array(key)
            if !seen.insert(copy).inserted { return true }
            guard let header = try record(key, at: revision)?.header, !header.isTombstone, header.lease == lease else {
                return true
            }
            return found.add(copy, within: limit)
        }
        found.sort()
        return found
    }

    /// Keys that were put with the lease. Some have lost it since, and some come more than once. The writer has an index
    /// of the tail for this; others look through the tail.
    private func forEachKeyPut(
        with lease: Int64, through revision: Int64, onWriterThread: Bool,
        _ body: (UnsafeRawBufferPointer) throws(StoreError) -> Bool
    ) throws(StoreError) {
        if try !forEachKeyInCheckpoint(of: lease, body) { return }
        for generation in published.generations {
            if onWriterThread {
                for node in generation.leasedKeys[lease] ?? [] {
                    if try !body(node.key) { return }
                }
                continue
            }
            let log = generation.memtable.log
            // What is behind that is a batch on its way to the disk: nobody may know of it yet.
            for index in 0..<log.index(of: revision + 1) where log[index].header.lease == lease {
                if try !body(log[index].node.key) { return }
            }
        }
    }

    /// False if `body` wants no more.
    private func forEachKeyInCheckpoint(
        of lease: Int64, _ body: (UnsafeRawBufferPointer) throws(StoreError) -> Bool
    ) throws(StoreError) -> Bool {
        try withBigEndian(lease) { prefix throws(StoreError) in
            try snapshot.withCursor(database.leaseKeys) { cursor throws(StoreError) in
                var entry = try lmdb(database.path) { () throws(LMDBError) in try cursor.seek(prefix) }
                while let found = entry?.key, found.count > 8, compareBytes(found.slice(0, 8), prefix) == 0 {
                    if try !body(found.slice(8, found.count - 8)) { return false }
                    entry = try lmdb(database.path) { () throws(LMDBError) in try cursor.next() }
                }
                return true
            }
        }
    }
}
