/// Reads a snapshot from its beginning and checks everything on the way: magic numbers, checksums, counts, SHA-256,
/// and that nothing follows.
struct SnapshotReader {
    let path: String
    private let file: any StorageFile
    private let size: Int
    let state: CheckpointState

    /// Reads and checks the header only.
    init(_ path: String, _ storage: any Storage) throws(StoreError) {
        self.path = path
        file = try storage.open(path, creating: false)
        size = try file.size()
        let header = FileImage(count: SnapshotFormat.headerSize)
        defer { keepAlive(header) }
        guard size >= SnapshotFormat.headerSize + SnapshotFormat.trailerSize else {
            throw StoreError(.corrupt, "\(path): \(size) bytes are too few for a snapshot")
        }
        try file.read(into: header.memory, at: 0)
        guard header.bytes.number(0) == SnapshotFormat.headerMagic else {
            throw StoreError(.corrupt, "\(path): not a snapshot of this store")
        }
        let version: UInt32 = header.bytes.number(8)
        guard version == SnapshotFormat.version else {
            throw StoreError(
                .unknownFormat,
                "\(path): snapshot format version \(version); this build knows \(SnapshotFormat.version)")
        }
        guard header.bytes.number(4_092) == crc32c(header.bytes.slice(0, 4_092)) else {
            throw StoreError(.corrupt, "\(path): the header does not match its checksum")
        }
        state = try CheckpointState(decoding: header.bytes.slice(16, CheckpointState.size), in: path)
    }

    /// Reads everything; calls `body` with each record and `pause` between two chunks.
    func read(
        pause: () -> Void = {}, _ body: (LogRecordReader.Record) throws(StoreError) -> Void
    ) throws(StoreError) {
        file.dropCache()
        var hash = SHA256Stream()
        var offset = 0
        let header = try piece(&offset, SnapshotFormat.headerSize)
        defer { keepAlive(header) }
        hash.add(header.bytes)
        var (chunks, records) = (UInt64(0), UInt64(0))
        while offset < size - SnapshotFormat.trailerSize {
            let head = try piece(&offset, SnapshotFormat.chunkHeadSize)
            defer { keepAlive(head) }
            let length = Int(head.bytes.number(4, as: UInt32.self))
            guard head.bytes.number(0) == SnapshotFormat.chunkMagic, length <= SnapshotFormat.chunkBytesMaximum,
                offset + length <= size - SnapshotFormat.trailerSize
            else { throw damaged(offset - SnapshotFormat.chunkHeadSize, "no chunk begins here") }
            let payload = try piece(&offset, length)
            defer { keepAlive(payload) }
            guard head.bytes.number(12) == crc32c(payload.bytes) else {
                throw damaged(offset - length, "the chunk does not match its checksum")
            }
            hash.add(head.bytes)
            hash.add(payload.bytes)
            var reader = LogRecordReader(payload.bytes)
            var count: UInt32 = 0
            while let record = try reader.next() {
                count += 1
                try body(record)
            }
            if count != head.bytes.number(8) { throw damaged(offset - length, "\(count) records in the chunk") }
            chunks += 1
            records += UInt64(count)
            pause()
        }
        let trailer = try piece(&offset, SnapshotFormat.trailerSize)
        defer { keepAlive(trailer) }
        try checkTrailer(trailer.bytes, hash, chunks, records)
    }

    /// Reads everything and counts it: what `build` would refuse in the end is refused here.
    func verify(pause: () -> Void = {}) throws(StoreError) {
        var (records, bytes) = (Int64(0), Int64(0))
        try read(pause: pause) { record throws(StoreError) in
            guard case .transaction(let transaction) = record else { return }
            try transaction.forEachChange { _, key, value throws(StoreError) in
                records += 1
                bytes += Int64(key.count + value.count)
            }
        }
        if records != state.liveRecords || bytes != state.liveBytes {
            throw StoreError(
                .corrupt,
                "\(path): \(records) records of \(bytes) bytes, the header promises \(state.liveRecords) of "
                    + "\(state.liveBytes)")
        }
    }

    private func checkTrailer(
        _ trailer: UnsafeRawBufferPointer, _ hash: SHA256Stream, _ chunks: UInt64, _ records: UInt64
    ) throws(StoreError) {
        let digest = hash.digest()
        guard trailer.number(0) == SnapshotFormat.trailerMagic, trailer.number(60) == crc32c(trailer.slice(0, 60)),
            trailer.number(8) == chunks, trailer.number(16) == records,
            digest.withUnsafeBytes({ compareBytes($0, trailer.slice(24, 32)) }) == 0
        else { throw damaged(size - SnapshotFormat.trailerSize, "the trailer does not fit what stands before it") }
    }

    private func piece(_ offset: inout Int, _ count: Int) throws(StoreError) -> FileImage {
        let image = FileImage(count: count)
        try file.read(into: UnsafeMutableRawBufferPointer(rebasing: image.memory[0..<count]), at: offset)
        offset += count
        return image
    }

    private func damaged(_ offset: Int, _ how: String) -> StoreError {
        StoreError(.corrupt, "\(path): byte \(offset): \(how)")
    }

    /// Builds an LMDB environment from the snapshot: in the order of the revisions, with the same code that applies
    /// the log, and compares the state hash at the end.
    func build(_ database: Database, _ storage: any Storage) throws(StoreError) {
        var building = state
        (building.revision, building.stateHash, building.liveBytes, building.liveRecords) = (0, StateHash(), 0, 0)
        let builder = SnapshotBuilder(database: database, storage: storage, state: building)
        try read { record throws(StoreError) in try builder.add(record) }
        let built = try builder.finish(state)
        guard built.stateHash == state.stateHash, built.liveRecords == state.liveRecords,
            built.liveBytes == state.liveBytes
        else { throw StoreError(.corrupt, "\(path): the records do not give the state that the header promises") }
    }
}

/// Collects records into LMDB transactions of bounded size.
private final class SnapshotBuilder {
    private let database: Database
    private let storage: any Storage
    private var state: CheckpointState
    private var pending = Generation()

    init(database: Database, storage: any Storage, state: CheckpointState) {
        self.database = database
        self.storage = storage
        self.state = state
    }

    func add(_ record: LogRecordReader.Record) throws(StoreError) {
        switch record {
        case .transaction(let transaction):
            let node = pending.memtable.addTransaction(
                nanoseconds: transaction.nanoseconds, origin: transaction.origin)
            try transaction.forEachChange { header, key, value throws(StoreError) in
                pending.memtable.insert(header, key: key, value: value, transaction: node)
            }
            if pending.bytes > StoreLimits.generationBytes / 2 { try flush() }
        case .lease(let lease): pending.leaseChanges.append(.set(lease))
        case .compaction, .leaseRemoval, .state: break
        }
    }

    private func flush() throws(StoreError) {
        var transaction = try CheckpointTransaction(database, state: state)
        for index in 0..<pending.memtable.log.count { try transaction.apply(pending.memtable.log[index]) }
        for change in pending.leaseChanges { try transaction.apply(change) }
        state = try transaction.commit(storage).state
        pending = Generation()
    }

    /// Writes the final state, whose hash and counts are those of what was added.
    func finish(_ final: CheckpointState) throws(StoreError) -> CheckpointState {
        try flush()
        var complete = final
        complete.stateHash = state.stateHash
        complete.liveBytes = state.liveBytes
        complete.liveRecords = state.liveRecords
        let transaction = try CheckpointTransaction(database, state: complete)
        return try transaction.commit(storage).state
    }
}
