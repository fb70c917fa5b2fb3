internal import CStore
internal import Glibc

/// Looks at everything in a store's directory and changes nothing.
package enum StoreCheck {
    package struct Report: Sendable, Hashable {
        /// One line a part, in the order in which they were looked at.
        package var lines: [String] = []
        /// What is damaged, with its place; empty: nothing is.
        package var damage: [String] = []
        /// The newest values of the keys that were asked for, as the next start will show them.
        package var rows: [[UInt8]: [UInt8]] = [:]
    }

    /// Throws `locked` if a process owns the store, `unusableDirectory` if there is none. Damage is reported, not
    /// thrown.
    ///
    /// - Parameter prefix: keys that begin so are handed out in `rows`.
    package static func run(
        directory: String, rowsUnder prefix: [UInt8]? = nil, storage: any Storage = PosixStorage()
    ) throws(StoreError) -> Report {
        var status = stat()
        if stat(directory + "/lock", &status) != 0 {
            throw StoreError(.unusableDirectory, "\(directory): no store here", cause: errno)
        }
        var options = LocalEngineOptions()
        options.storage = storage
        options.ephemeral = true
        let place = try StoreDirectory(path: directory, options: options)
        let lock = try DirectoryLock(directory + "/lock")
        defer { keepAlive(lock) }
        var check = Check(directory: place, storage: storage, collector: prefix.map(RowCollector.init))
        check.checkpoint(owner: lock)
        check.snapshots()
        check.log()
        check.report.rows = check.collector?.rows ?? [:]
        return check.report
    }

    private struct Check {
        let directory: StoreDirectory
        let storage: any Storage
        /// nil: nobody asked for rows.
        var collector: RowCollector?
        var report = Report()
        private var starts: [LogPosition] = []
        private var identity: StoreIdentity?

        init(directory: StoreDirectory, storage: any Storage, collector: RowCollector?) {
            self.directory = directory
            self.storage = storage
            self.collector = collector
        }

        private mutating func attempt(_ body: (inout Check) throws(StoreError) -> String?) {
            do throws(StoreError) {
                if let line = try body(&self) { report.lines.append(line) }
            } catch {
                report.damage.append(error.message)
            }
        }

        mutating func checkpoint(owner: DirectoryLock) {
            attempt { check throws(StoreError) in
                let path = check.directory.checkpoint
                if try check.storage.fileBytes(path + "/data.mdb") == 0 {
                    return "checkpoint: none; it is built from a snapshot or the log at the next start"
                }
                try CheckpointValidator.validate(path, .full, check.storage)
                let database = try Database(path: path, mapBytes: StoreLimits.mapBytes, owner: owner)
                guard let state = try database.readState() else { return "checkpoint: empty" }
                check.starts.append(state.position)
                check.identity = state.identity
                try check.collector?.read(database)
                return "checkpoint: revision \(state.revision), compacted to \(state.compactRevision), "
                    + "\(state.liveRecords) records of \(state.liveBytes) bytes"
            }
        }

        mutating func snapshots() {
            let files = SnapshotFiles(directory: directory, storage: storage)
            var paths: [String] = []
            attempt { _ throws(StoreError) in
                paths = try files.paths()
                return nil
            }
            for path in paths {
                attempt { check throws(StoreError) in
                    let summary = try StoreBackup.verify(path, storage: check.storage)
                    let reader = try SnapshotReader(path, check.storage)
                    let state = reader.state
                    check.starts.append(state.position)
                    check.identity = check.identity ?? state.identity
                    if check.collector != nil {
                        // Older than the checkpoint, if there is one; without, the next start begins here.
                        try reader.read { record throws(StoreError) in try check.collector?.take(record) }
                    }
                    return "snapshot \(path.split(separator: "/").last ?? ""): revision \(summary.revision), "
                        + "\(summary.records) records"
                }
            }
        }

        /// From the oldest place that a rebuild would begin at; from the beginning if the log reaches back to it.
        mutating func log() {
            attempt { check throws(StoreError) in
                let segments = try check.directory.segments(check.storage)
                guard let identity = check.identity else {
                    return "log: \(segments.count) segments, not read: nothing says which store they belong to"
                }
                if segments.first == 1 {
                    check.starts.append(LogPosition(segment: 1, block: 0, sequence: 1, chain: identity.firstChain))
                }
                guard let start = check.starts.min(by: { $0.sequence < $1.sequence }) else { return nil }
                return try check.log(segments, identity, from: start)
            }
        }

        private mutating func log(
            _ segments: [UInt64], _ identity: StoreIdentity, from start: LogPosition
        ) throws(StoreError) -> String {
            let (directory, storage) = (directory, storage)
            let reader = LogReader(
                identity: identity, path: { directory.segment($0) },
                image: { number throws(StoreError) in try storage.readFromDisk(directory.segment(number)) })
            var (batches, records, rows) = (0, 0, collector)
            collector = nil
            defer { collector = rows }
            let end = try reader.read(segments, from: start) { payload, count, _ throws(StoreError) in
                var reader = LogRecordReader(payload)
                while let record = try reader.next() { try rows?.take(record) }
                batches += 1
                records += count
            }
            let torn =
                end.torn == nil ? "" : "; its last batch is not complete, was never acknowledged and will be dropped"
            return "log: \(segments.count) segments, \(batches) batches of \(records) records from segment "
                + "\(start.segment) on\(torn)"
        }
    }
}
