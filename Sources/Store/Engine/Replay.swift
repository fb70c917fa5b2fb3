internal import LMDB

/// Applies the log's batches to a tail in memory, and to the checkpoint whenever the tail has grown too large (and there is
/// room on the disk).
/// Idempotent: it starts at the position that the checkpoint holds, and the checkpoint moves with what it applies.
struct Replay {
    let database: Database
    let storage: any Storage
    private(set) var checkpoint: CheckpointState
    private(set) var generation = Generation()
    var position: LogPosition
    private(set) var revision: Int64
    private(set) var compactRevision: Int64
    private(set) var stateHash: StateHash
    private var leases: [Int64: LeaseRecord] = [:]
    /// Size of the generation at which the checkpoint is to take it over.
    private var takesOverAt = StoreLimits.generationBytes

    init(database: Database, checkpoint: CheckpointState, storage: any Storage) throws(StoreError) {
        self.database = database
        self.checkpoint = checkpoint
        self.storage = storage
        position = checkpoint.position
        revision = checkpoint.revision
        compactRevision = checkpoint.compactRevision
        stateHash = checkpoint.stateHash
        leases = try Self.readLeases(database)
    }

    private static func readLeases(_ database: Database) throws(StoreError) -> [Int64: LeaseRecord] {
        let snapshot: ReadTransaction
        do { snapshot = try ReadTransaction(database.environment) } catch { throw StoreError(error, database.path) }
        return try snapshot.withCursor(database.leases) { cursor throws(StoreError) in
            var leases: [Int64: LeaseRecord] = [:]
            var entry = try lmdb(database.path) { () throws(LMDBError) in try cursor.first() }
            while let found = entry {
                let id = Int64(bigEndian: found.key.loadUnaligned(as: Int64.self))
                leases[id] = try LeaseEntry.decode(id, found.value)
                entry = try lmdb(database.path) { () throws(LMDBError) in try cursor.next() }
            }
            return leases
        }
    }

    mutating func apply(_ payload: UnsafeRawBufferPointer, records: Int, next: LogPosition) throws(StoreError) {
        var reader = LogRecordReader(payload)
        var count = 0
        while let record = try reader.next() {
            count += 1
            switch record {
            case .transaction(let transaction): try apply(transaction)
            case .compaction(let revision): compactRevision = max(compactRevision, revision)
            case .lease(let lease):
                leases[lease.id] = lease
                generation.leaseChanges.append(.set(lease))
            case .leaseRemoval(let id):
                leases[id] = nil
                generation.leaseChanges.append(.remove(id))
            case .state(let revision, let hash):
                if revision != self.revision { throw unexpected("state of revision \(revision)") }
                stateHash = hash
            }
        }
        if count != records { throw unexpected("\(count) records in a batch of \(records)") }
        position = next
        if count > 0 { try mark() }
    }

    private mutating func apply(_ transaction: LogRecordReader.TransactionRecord) throws(StoreError) {
        if transaction.revision != revision + 1 { throw unexpected("revision \(transaction.revision)") }
        let node = generation.memtable.addTransaction(
            nanoseconds: transaction.nanoseconds, origin: transaction.origin)
        try transaction.forEachChange { header, key, value throws(StoreError) in
            let version = generation.memtable.insert(header, key: key, value: value, transaction: node)
            if header.lease != 0 { generation.leasedKeys[header.lease, default: []].append(version.node) }
        }
        revision = transaction.revision
    }

    private mutating func mark() throws(StoreError) {
        generation.marks.append(
            BatchMark(
                versions: generation.memtable.log.count, leaseChanges: generation.leaseChanges.count,
                position: position, revision: revision, compactRevision: compactRevision, stateHash: stateHash))
        generation.startedNanoseconds = storage.monotonicNanoseconds
        if generation.bytes >= takesOverAt { try takeOver() }
    }

    /// On a full disk the tail stays in memory and grows: the log has everything, so the store can open, and its
    /// checkpointer goes on behind what was taken over when there is space.
    private mutating func takeOver() throws(StoreError) {
        var state = checkpoint
        do throws(StoreError) {
            _ = try CheckpointApplier(database: database, storage: storage).apply(generation, from: &state)
        } catch {
            checkpoint = state
            guard error.code == .noSpace, generation.bytes < StoreLimits.replayBytesMaximum else { throw error }
            takesOverAt = generation.bytes + StoreLimits.generationBytes
            return
        }
        checkpoint = state
        generation = Generation()
        takesOverAt = StoreLimits.generationBytes
    }

    /// Key and value bytes of the tail that the checkpoint does not count yet: it may have taken over a part.
    var pendingBytes: Int64 {
        let memtable = generation.memtable
        let taken = generation.marks.last { $0.position.sequence <= checkpoint.position.sequence }?.versions ?? 0
        return (0..<taken).reduce(memtable.contentBytes) { bytes, index in
            let record = memtable.log[index].record
            return bytes - Int64(record.key.count + record.value.count)
        }
    }

    func liveLeases() -> LeaseTable {
        let now = storage.monotonicNanoseconds
        let boot = storage.bootIdentity
        return LeaseTable(leases.values.map { LiveLease($0, now: now, boot: boot) }, now: now)
    }

    private func unexpected(_ what: String) -> StoreError {
        StoreError(
            .corrupt,
            "log segment \(position.segment), byte \(Int(position.block) * BlockHeader.size): \(what) "
                + "where revision \(revision + 1) was expected")
    }
}
