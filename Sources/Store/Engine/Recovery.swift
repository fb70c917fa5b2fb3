/// Brings a directory's files to a running store: reads the checkpoint, replays the log behind it, drops a torn tail,
/// refuses anything else.
struct Recovery {
    let directory: StoreDirectory
    let options: LocalEngineOptions

    /// What the parts of the engine start from.
    struct Outcome {
        var database: Database
        var checkpoint: CheckpointState
        var writer: WriterState
        var published: Published
        var file: any StorageFile
        /// The segment behind the current one, if an earlier life has made it.
        var spare: (number: UInt64, file: any StorageFile)?
    }

    private var storage: any Storage { options.storage }

    func run() throws(StoreError) -> Outcome {
        let lock = try directory.own(storage)
        let database = try Database(path: directory.checkpoint, mapBytes: StoreLimits.mapBytes, owner: lock)
        let checkpoint = try checkpointState(database)
        var replay = try Replay(database: database, checkpoint: checkpoint, storage: storage)
        let segments = try directory.segments(storage)
        let reader = LogReader(
            identity: checkpoint.identity, path: { directory.segment($0) },
            image: { number throws(StoreError) in try storage.readFromDisk(directory.segment(number)) })
        let end = try reader.read(segments, from: checkpoint.position) { payload, records, next throws(StoreError) in
            try replay.apply(payload, records: records, next: next)
        }
        if let torn = end.torn { try drop(torn.blocks, directory.segment(torn.segment)) }
        replay.position = end.position
        return try outcome(database, replay, segments)
    }

    /// The state that LMDB holds; for a new store one is written first, which is the moment it begins to exist.
    private func checkpointState(_ database: Database) throws(StoreError) -> CheckpointState {
        if let state = try database.readState() { return state }
        for number in try directory.segments(storage) where number > 1 {
            throw StoreError(
                .corrupt, "\(directory.segment(number)): there is a log but no checkpoint in \(directory.checkpoint)")
        }
        if try directory.segments(storage).isEmpty {
            let bytes = min(options.segmentBytes, StoreLimits.firstSegmentBytes)
            _ = try SegmentSupply.make(1, bytes: bytes, directory, storage)
        } else if !isZero(try storage.readFromDisk(directory.segment(1)).bytes) {
            throw StoreError(
                .corrupt, "\(directory.segment(1)): there is a log but no checkpoint in \(directory.checkpoint)")
        }
        let initial = CheckpointState.initial(.random(), now: storage.wallNanoseconds)
        let transaction = try CheckpointTransaction(database, state: initial)
        _ = try transaction.commit(storage)
        try storage.syncDirectory(directory.checkpoint)
        try storage.syncDirectory(directory.path)
        return initial
    }

    /// Zeroes what was left of a batch that nobody was told about, so that the next batch can take its place.
    private func drop(_ blocks: Range<UInt32>, _ path: String) throws(StoreError) {
        options.log(
            .warning,
            "\(path): the last batch, at byte \(Int(blocks.lowerBound) * BlockHeader.size), was not complete when the "
                + "machine stopped; it was never acknowledged and is dropped")
        let file = try storage.open(path, creating: false)
        let zeros = FileImage(count: blocks.count * BlockHeader.size)
        zeros.memory.initializeMemory(as: UInt8.self, repeating: 0)
        try file.write(zeros.bytes, at: Int(blocks.lowerBound) * BlockHeader.size)
        try file.syncData()
    }

    private func outcome(_ database: Database, _ replay: Replay, _ segments: [UInt64]) throws(StoreError) -> Outcome {
        let writer = WriterState(
            generation: replay.generation, revision: replay.revision, compactRevision: replay.compactRevision,
            stateHash: replay.stateHash, position: replay.position, leases: replay.liveLeases())
        let published = Published(
            generations: [replay.generation], minimumCommit: 0, revision: replay.revision,
            compactRevision: replay.compactRevision)
        let file = try storage.open(directory.segment(replay.position.segment), creating: false)
        var spare: (UInt64, any StorageFile)?
        if let last = segments.last, last > replay.position.segment {
            let file = try storage.open(directory.segment(last), creating: false)
            spare = (last, file)
        }
        return Outcome(
            database: database, checkpoint: replay.checkpoint, writer: writer, published: published, file: file,
            spare: spare)
    }
}
