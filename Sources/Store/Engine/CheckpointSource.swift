internal import Glibc

/// Gives recovery a checkpoint to start from: the one that is there, a new one, or one built from a snapshot or from
/// the log when the one that is there is damaged.
struct CheckpointSource {
    let directory: StoreDirectory
    let options: LocalEngineOptions
    let owner: DirectoryLock
    let depth: CheckpointValidator.Depth

    private var storage: any Storage { options.storage }

    func open() throws(StoreError) -> (Database, CheckpointState) {
        do {
            if let found = try openPresent() {
                try makeFirstSegment(found.1)
                return found
            }
        } catch {
            guard error.code == .corrupt else { throw error }
            options.log(.error, "\(error)")
            return try hasNeverBegun() ? try startOver() : try rebuild()
        }
        if try isLogEmpty() { return try create() }
        return try rebuild()
    }

    /// nil if there is none.
    private func openPresent() throws(StoreError) -> (Database, CheckpointState)? {
        try CheckpointValidator.validate(directory.checkpoint, depth, storage)
        let database = try Database(path: directory.checkpoint, mapBytes: StoreLimits.mapBytes, owner: owner)
        guard let state = try database.readState() else { return nil }
        return (database, state)
    }

    // MARK: A new store

    private func isLogEmpty() throws(StoreError) -> Bool {
        for number in try directory.segments(storage) {
            let image = try storage.readFromDisk(directory.segment(number))
            defer { keepAlive(image) }
            if !isZero(image.bytes) { return false }
        }
        return try SnapshotFiles(directory: directory, storage: storage).paths().isEmpty
    }

    /// The log comes last: where there is none nobody was ever told of anything, so a creation that failed half-way (a
    /// full disk, say) is not taken for a damaged store.
    private func create() throws(StoreError) -> (Database, CheckpointState) {
        let created = try begin(.initial(.random(), now: storage.wallNanoseconds))
        try makeFirstSegment(created.1)
        return created
    }

    private func makeFirstSegment(_ state: CheckpointState) throws(StoreError) {
        guard state.position.sequence == 1, state.position.segment == 1, try directory.segments(storage).isEmpty else {
            return
        }
        let bytes = min(options.segmentBytes, StoreLimits.firstSegmentBytes)
        _ = try SegmentSupply.make(1, bytes: bytes, directory, storage)
    }

    /// No log, no snapshot, and a checkpoint of the size of an empty one: what an unfinished creation leaves.
    private func hasNeverBegun() throws(StoreError) -> Bool {
        if try !directory.segments(storage).isEmpty { return false }
        if try !SnapshotFiles(directory: directory, storage: storage).paths().isEmpty { return false }
        return try storage.fileBytes(directory.checkpoint + "/data.mdb") <= 65_536
    }

    private func startOver() throws(StoreError) -> (Database, CheckpointState) {
        let unfinished = try StoreBuilder(directory: directory, storage: storage).setAside()
        options.log(.warning, "a store was being created here and is created anew; what there was is in \(unfinished)")
        return try create()
    }

    private func begin(_ state: CheckpointState) throws(StoreError) -> (Database, CheckpointState) {
        let database = try Database(path: directory.checkpoint, mapBytes: StoreLimits.mapBytes, owner: owner)
        _ = try CheckpointTransaction(database, state: state).commit(storage)
        try storage.syncDirectory(directory.checkpoint)
        try storage.syncDirectory(directory.path)
        return (database, state)
    }

    // MARK: Rebuilding

    /// From the newest snapshot that reads well, else from a log that begins at the beginning; else refuses.
    func rebuild() throws(StoreError) -> (Database, CheckpointState) {
        let builder = StoreBuilder(directory: directory, storage: storage)
        let damaged = try builder.setAside()
        options.log(.warning, "the checkpoint is built anew; the old one is kept in \(damaged)")
        for path in try SnapshotFiles(directory: directory, storage: storage).paths() {
            do throws(StoreError) {
                let database = try builder.build(try SnapshotReader(path, storage), owner: owner)
                if let state = try database.readState() { return (database, state) }
            } catch {
                options.log(.error, "this snapshot cannot be used: \(error)")
            }
        }
        return try begin(try stateBeforeLog())
    }

    /// The empty store that the first segment of the log begins with.
    private func stateBeforeLog() throws(StoreError) -> CheckpointState {
        let first = directory.segment(1)
        guard try directory.segments(storage).first == 1 else {
            throw StoreError(
                .corrupt,
                "\(directory.checkpoint): damaged, no snapshot can be used, and the log no longer reaches back to the "
                    + "beginning; restore a backup")
        }
        let image = try storage.readFromDisk(first)
        defer { keepAlive(image) }
        guard image.count >= BlockHeader.size, let block = BlockHeader.decode(image.bytes.slice(0, BlockHeader.size)),
            block.header.chain == block.header.identity.firstChain
        else { throw StoreError(.corrupt, "\(first): byte 0: the log does not begin here") }
        return .initial(block.header.identity, now: storage.wallNanoseconds)
    }
}
