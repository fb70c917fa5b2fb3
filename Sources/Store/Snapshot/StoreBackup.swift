/// Backups outside the store's directory, and the way back.
package enum StoreBackup {
    /// What a backup holds.
    package struct Summary: Sendable, Hashable {
        package var revision: Int64
        package var compactRevision: Int64
        /// Records of all revisions that are not compacted, and the bytes of their keys and values.
        package var records: Int64
        package var bytes: Int64
        /// When the state in it was written: nanoseconds since 1970.
        package var writtenNanoseconds: Int64
    }

    /// Reads the whole file and checks it. Throws `corrupt` with the place, or `unknownFormat`.
    package static func verify(_ path: String, storage: any Storage = PosixStorage()) throws(StoreError) -> Summary {
        let reader = try SnapshotReader(path, storage)
        try reader.verify()
        return Summary(reader.state)
    }

    /// Makes a new store from a backup, in a directory that is empty or does not exist. It is another store from then
    /// on (its log does not fit the old one's). With `revisionBump` the revision starts that much higher and everything
    /// before counts as compacted, so that clients that saw newer revisions of the old store never see time go back.
    package static func restore(
        _ path: String, into directory: String, revisionBump: Int64 = 0,
        options: LocalEngineOptions = LocalEngineOptions()
    ) throws(StoreError) -> Summary {
        let storage = options.storage
        try storage.makeDirectory(directory)
        if try !storage.names(in: directory).isEmpty {
            throw StoreError(.unusableDirectory, "\(directory): not empty; restore into an empty directory")
        }
        let target = try StoreDirectory(path: directory, options: options)
        let lock = try target.own(storage)
        let reader = try SnapshotReader(path, storage)
        let database = try StoreBuilder(directory: target, storage: storage).build(reader, owner: lock)
        guard var state = try database.readState() else {
            throw StoreError(.corrupt, "\(directory): nothing was built")
        }
        state.identity = .random()
        state.position = LogPosition(segment: 1, block: 0, sequence: 1, chain: state.identity.firstChain)
        if revisionBump > 0 {
            state.revision += revisionBump
            state.compactRevision = state.revision
        }
        _ = try SegmentSupply.make(1, bytes: min(options.segmentBytes, StoreLimits.firstSegmentBytes), target, storage)
        _ = try CheckpointTransaction(database, state: state).commit(storage)
        try storage.syncDirectory(directory)
        return Summary(state)
    }
}

extension StoreBackup.Summary {
    init(_ state: CheckpointState) {
        self.init(
            revision: state.revision, compactRevision: state.compactRevision, records: state.liveRecords,
            bytes: state.liveBytes, writtenNanoseconds: state.writtenNanoseconds)
    }
}
