internal import LMDB

/// Writes the store, as the checkpoint holds it at one moment, as a stream. The history is read in a chain of short
/// views: records are never changed, and while the removal of compacted ones is held back nothing disappears.
struct SnapshotWriter: ~Copyable {
    private let context: StoreContext
    private let write: (UnsafeRawBufferPointer) throws(StoreError) -> Void
    private let pause: () -> Void
    private let chunk = OutputBuffer(capacity: 2 * SnapshotFormat.chunkBytes)
    private var log: LogRecordWriter
    private var hash = SHA256Stream()
    private var chunks: UInt64 = 0
    private var records: UInt64 = 0
    /// Of all transactions.
    private var changes: Int64 = 0

    /// - Parameter pause: called between two views.
    init(
        _ context: StoreContext, pause: @escaping () -> Void = {},
        to write: @escaping (UnsafeRawBufferPointer) throws(StoreError) -> Void
    ) {
        self.context = context
        self.pause = pause
        self.write = write
        log = LogRecordWriter(output: chunk)
    }

    /// Returns the state that the snapshot holds.
    mutating func run() throws(StoreError) -> CheckpointState {
        let hold = context.pins.hold()
        defer { context.pins.remove(hold) }
        let state = try begin()
        var next = Revision(main: 0, sub: 0)
        while let resume = try writeHistory(from: next, through: state.revision) {
            next = resume
            pause()
        }
        try closeChunk()
        try checkCount(state)
        try finish()
        return state
    }

    /// A stream that lacks something of what its header promises must not get a trailer: it would be taken for a backup.
    private func checkCount(_ state: CheckpointState) throws(StoreError) {
        if changes == state.liveRecords { return }
        throw StoreError(
            .unavailable, "a snapshot of revision \(state.revision) has \(changes) of \(state.liveRecords) records")
    }

    /// State and leases of one and the same commit.
    private mutating func begin() throws(StoreError) -> CheckpointState {
        let database = try context.database
        let snapshot: ReadTransaction
        do { snapshot = try ReadTransaction(database.environment) } catch { throw StoreError(error, database.path) }
        guard let state = try database.readState(in: snapshot) else {
            throw StoreError(.corrupt, "\(database.path): table meta is empty")
        }
        let header = OutputBuffer(capacity: SnapshotFormat.headerSize)
        defer { keepAlive(header) }
        let bytes = header.extend(SnapshotFormat.headerSize)
        bytes.initializeMemory(as: UInt8.self, repeating: 0)
        bytes.set(0, SnapshotFormat.headerMagic)
        bytes.set(8, SnapshotFormat.version)
        state.encode(to: UnsafeMutableRawBufferPointer(rebasing: bytes[16..<16 + CheckpointState.size]))
        bytes.set(4_092, crc32c(header.bytes.slice(0, 4_092)))
        try emit(header.bytes)
        for lease in try LeaseEntry.all(database, snapshot) { log.lease(lease) }
        return state
    }

    /// One view's worth. Returns where to go on, nil at the end. Stops between transactions only.
    private mutating func writeHistory(from start: Revision, through last: Int64) throws(StoreError) -> Revision? {
        let view = try ReadView(context)
        var (rows, bytes) = (0, 0)
        var resume: Revision?
        var open: (revision: Int64, start: Int, changes: Int)?
        try view.walkHistory(from: start) { record throws(StoreError) in
            let revision = record.header.revision.main
            if revision > last { return false }
            if let present = open, present.revision != revision {
                log.finishTransaction(at: present.start, changes: present.changes)
                open = nil
                try closeChunkIfFull()
                if rows >= StoreLimits.viewRows || bytes >= StoreLimits.viewBytes {
                    resume = record.header.revision
                    return false
                }
            }
            if open == nil { open = (revision, try beginTransaction(revision, view), 0) }
            log.change(record.header, key: record.key, value: record.value)
            open?.changes += 1
            changes += 1
            rows += 1
            bytes += record.key.count + record.value.count
            return true
        }
        if let open { log.finishTransaction(at: open.start, changes: open.changes) }
        return resume
    }

    private mutating func beginTransaction(_ revision: Int64, _ view: borrowing ReadView) throws(StoreError) -> Int {
        let entry = try withBigEndian(revision) { key throws(StoreError) in
            try lmdb(view.database.path) { () throws(LMDBError) in
                try view.snapshot.get(view.database.transactions, key)
            }
        }
        guard let entry else {
            throw StoreError(.corrupt, "table transactions: revision \(revision) is missing")
        }
        let (nanoseconds, origin) = try TransactionEntry.decode(revision, entry)
        return log.beginTransaction(revision: revision, nanoseconds: nanoseconds, origin: origin)
    }

    private mutating func closeChunkIfFull() throws(StoreError) {
        if chunk.count >= SnapshotFormat.chunkBytes { try closeChunk() }
    }

    private mutating func closeChunk() throws(StoreError) {
        if chunk.count == 0 { return }
        let head = OutputBuffer(capacity: SnapshotFormat.chunkHeadSize)
        defer { keepAlive(head) }
        head.append(SnapshotFormat.chunkMagic)
        head.append(UInt32(chunk.count))
        head.append(UInt32(log.records))
        head.append(crc32c(chunk.bytes))
        try emit(head.bytes)
        try emit(chunk.bytes)
        chunks += 1
        records += UInt64(log.records)
        chunk.removeAll()
        log = LogRecordWriter(output: chunk)
    }

    private mutating func finish() throws(StoreError) {
        let trailer = OutputBuffer(capacity: SnapshotFormat.trailerSize)
        defer { keepAlive(trailer) }
        trailer.append(SnapshotFormat.trailerMagic)
        trailer.append(chunks)
        trailer.append(records)
        hash.digest().withUnsafeBytes { trailer.append($0) }
        trailer.append(UInt32(0))
        trailer.append(crc32c(trailer.bytes))
        try write(trailer.bytes)
    }

    private mutating func emit(_ bytes: UnsafeRawBufferPointer) throws(StoreError) {
        hash.add(bytes)
        try write(bytes)
    }
}

extension LeaseEntry {
    static func all(_ database: Database, _ snapshot: borrowing ReadTransaction) throws(StoreError) -> [LeaseRecord] {
        try snapshot.withCursor(database.leases) { cursor throws(StoreError) in
            var leases: [LeaseRecord] = []
            var entry = try lmdb(database.path) { () throws(LMDBError) in try cursor.first() }
            while let found = entry {
                let id = Int64(bigEndian: found.key.loadUnaligned(as: Int64.self))
                leases.append(try LeaseEntry.decode(id, found.value))
                entry = try lmdb(database.path) { () throws(LMDBError) in try cursor.next() }
            }
            return leases
        }
    }
}
