/// Brings a directory's files to a running store: reads the checkpoint, replays the log behind it, drops a torn tail,
/// refuses anything else.
struct Recovery {
    let directory: StoreDirectory
    let options: LocalEngineOptions

    /// What the parts of the engine start from.
    struct Outcome {
        var database: Database
        var suspect: SuspectMark
        var checkpoint: CheckpointState
        var writer: WriterState
        var published: Published
        var file: any StorageFile
        /// Key and value bytes of all records that are not compacted, the log's included.
        var liveBytes: Int64
        /// The segment behind the current one, if an earlier life has made it.
        var spare: (number: UInt64, file: any StorageFile)?
    }

    private var storage: any Storage { options.storage }

    func run() throws(StoreError) -> Outcome {
        let lock = try directory.own(storage)
        let suspect = try SuspectMark(directory.suspect, onSignals: options.marksSuspectOnCrash)
        if suspect.isSet { options.log(.warning, "\(directory.path): marked suspect, everything is validated") }
        let source = CheckpointSource(
            directory: directory, options: options, owner: lock,
            depth: suspect.isSet || options.verifiesFully ? .full : .quick)
        let outcome = try run(source, suspect)
        try suspect.clear()
        return outcome
    }

    private func run(_ source: CheckpointSource, _ suspect: SuspectMark) throws(StoreError) -> Outcome {
        if let outcome = try replayPresent(source, suspect) { return outcome }
        let (database, checkpoint) = try source.rebuild()
        return try replay(database, checkpoint, suspect)
    }

    /// nil if the log contradicts the checkpoint, so that one of them is damaged. A damaged log names its place and is
    /// refused; a checkpoint can be built again. (A function of its own: the environment is closed when it returns.)
    private func replayPresent(_ source: CheckpointSource, _ suspect: SuspectMark) throws(StoreError) -> Outcome? {
        let (database, checkpoint) = try source.open()
        do {
            return try replay(database, checkpoint, suspect)
        } catch {
            guard error.code == .corrupt, error.message.hasPrefix(directory.checkpoint) else { throw error }
            options.log(.error, "\(error)")
            return nil
        }
    }

    private func replay(
        _ database: Database, _ checkpoint: CheckpointState, _ suspect: SuspectMark
    ) throws(StoreError) -> Outcome {
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
        return try outcome(database, replay, segments, suspect)
    }

    /// Zeroes what was left of a batch that nobody was told about, so that the next batch can take its place.
    private func drop(_ blocks: Range<UInt32>, _ path: String) throws(StoreError) {
        options.log(
            .warning,
            "\(path): the last batch, at byte \(Int(blocks.lowerBound) * BlockHeader.size), was not complete when the "
                + "machine stopped; it was never acknowledged and is dropped")
        let file = try storage.open(path, creating: false)
        let zeros = FileImage(count: blocks.count * BlockHeader.size)
        defer { keepAlive(zeros) }
        zeros.memory.initializeMemory(as: UInt8.self, repeating: 0)
        try file.write(zeros.bytes, at: Int(blocks.lowerBound) * BlockHeader.size)
        try file.syncData()
    }

    private func outcome(
        _ database: Database, _ replay: Replay, _ segments: [UInt64], _ suspect: SuspectMark
    ) throws(StoreError) -> Outcome {
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
            database: database, suspect: suspect, checkpoint: replay.checkpoint, writer: writer, published: published,
            file: file, liveBytes: replay.checkpoint.liveBytes + replay.pendingBytes, spare: spare)
    }
}
