internal import Glibc

extension LocalEngineOptions {
    /// Says why on standard error and ends the process with status 74 (EX_IOERR of sysexits.h).
    package static let endProcess: @Sendable (StoreError) -> Void = { error in
        // Whoever reads standard error may wait for the same disk.
        LastWords.say {
            var line = "berth store: \(error)\n"
            line.withUTF8 { _ = write(2, $0.baseAddress, $0.count) }
        }
        _exit(74)
    }
}

/// The engine on local files: LMDB, a write-ahead log and the tail between them.
package final class LocalEngine: Engine {
    let context: StoreContext
    private let writer: Writer
    private let hub: WatchHub
    private let supply: SegmentSupply
    private let checkpointer: Checkpointer
    private let snapshotter: Snapshotter
    private let scrubber: Scrubber
    private let threads: Monitor<[StoreThread]>

    /// Opens or creates the store in `directory` (created with mode 0700 if missing; its parent must exist). Returns
    /// when every acknowledged write of earlier lives is visible.
    ///
    /// Errors: `locked` (another process owns it), `unusableDirectory` (tmpfs, network file system), `corrupt` (damage
    /// that is not a torn tail; the message names file, offset and reason), `unknownFormat`, `io`.
    package static func open(directory: String, options: LocalEngineOptions = .init()) throws(StoreError)
        -> LocalEngine
    {
        let directory = try StoreDirectory(path: directory, options: options)
        let outcome = try Recovery(directory: directory, options: options).run()
        let engine = try LocalEngine(directory, options, outcome)
        try engine.start()
        return engine
    }

    private init(
        _ directory: StoreDirectory, _ options: LocalEngineOptions, _ outcome: Recovery.Outcome
    ) throws(StoreError) {
        let identity = outcome.checkpoint.identity
        let context = StoreContext(
            directory: directory, options: options, database: outcome.database, identity: identity,
            suspect: outcome.suspect, published: outcome.published,
            space: SpaceKeeper(directory: directory, options: options, live: outcome.liveBytes))
        self.context = context
        supply = SegmentSupply(
            storage: options.storage, directory: directory, segmentBytes: options.segmentBytes,
            fail: { context.fail($0) }, onFull: { context.space.gaveUpReserve() })
        let hub = WatchHub(context: context)
        self.hub = hub
        let snapshotter = Snapshotter(context: context)
        self.snapshotter = snapshotter
        scrubber = Scrubber(context: context)
        context.space.whenItChanges { snapshotter.spaceChanged() }
        checkpointer = Checkpointer(
            context: context, state: outcome.checkpoint, onApplied: { snapshotter.applied($0) })
        let log = try LogWriter(identity: identity, supply: supply, file: outcome.file)
        writer = Writer(
            context: context, checkpointer: checkpointer, log: log, state: outcome.writer,
            onPublish: { hub.publish() })
        if let spare = outcome.spare { supply.adopt(spare.number, spare.file) }
        supply.want(outcome.writer.position.segment + 1)
        threads = Monitor([])
    }

    private func start() throws(StoreError) {
        let parts: [(String, @Sendable () -> Void)] = [
            ("berth-segments", { [supply] in supply.run() }),
            ("berth-checkpt", { [checkpointer] in checkpointer.run() }),
            ("berth-watch", { [hub] in hub.run() }),
            ("berth-writer", { [writer] in writer.run() }),
            ("berth-snapshot", { [snapshotter] in snapshotter.run() }),
            ("berth-scrub", { [scrubber] in scrubber.run() }),
        ]
        for (name, body) in parts {
            let thread = try StoreThread(name: name, body)
            threads.withLock { $0.append(thread) }
        }
    }

    /// Finishes what was submitted, checkpoints, and releases the directory. Later calls fail with `unavailable`.
    package func close() {
        writer.close()
        let running = threads.withLock { threads in
            defer { threads = [] }
            return threads
        }
        guard running.count == 6 else { return }
        scrubber.close()
        running[5].join()
        running[3].join()
        running[1].join()
        snapshotter.close()
        running[4].join()
        hub.close()
        supply.close()
        running[2].join()
        running[0].join()
        context.release()
    }

    /// Made with the store and kept for its life.
    package var storeID: (high: UInt64, low: UInt64) { (context.identity.high, context.identity.low) }

    package var currentRevision: Int64 { context.published.withLock { $0.revision } }
    package var compactRevision: Int64 { context.published.withLock { $0.compactRevision } }

    /// Whether growth is refused, and why. Asks the file system.
    package var space: SpaceStatus { context.space.status(now: context.storage.monotonicNanoseconds) }

    package var scrub: ScrubStatus { scrubber.status }
    /// A whole pass of the scrub now. Returns when it has ended, or the store is closed or stopped.
    package func scrubNow() { scrubber.runNow() }

    // MARK: Reading

    package func range(_ request: RangeRequest) throws(StoreError) -> RangeResult {
        try RangeReader(context: context).range(request)
    }

    package func scan(_ request: RangeRequest, _ body: (RowView) throws(StoreError) -> Bool) throws(StoreError)
        -> ScanResult
    {
        try RangeReader(context: context).scan(request, body)
    }

    package func watch(_ request: WatchRequest, sink: any WatchSink) throws(StoreError) -> any WatchHandle {
        try hub.watch(request, sink: sink)
    }

    // MARK: Writing

    package func submit(
        _ transaction: Transaction, origin: Origin, onCallersThread: Bool,
        completion: @escaping @Sendable (Result<TransactionResult, StoreError>) -> Void
    ) {
        let request = WriteRequest.transaction(transaction, origin, completion)
        if onCallersThread, transaction.isBrief { writer.writeOrSubmit(request) } else { writer.submit(request) }
    }

    package func compact(
        to revision: Int64, completion: @escaping @Sendable (Result<Int64, StoreError>) -> Void
    ) { writer.submit(.compaction(revision, completion)) }

    // MARK: Backup

    /// Writes a consistent snapshot of the newest published revision as a stream (docs/durability.md). Blocks until it
    /// is complete; writers go on meanwhile.
    package func backup(
        to write: @escaping (UnsafeRawBufferPointer) throws(StoreError) -> Void
    ) throws(StoreError) -> StoreBackup.Summary {
        try flush()
        var writer = SnapshotWriter(context, to: write)
        return StoreBackup.Summary(try writer.run())
    }

    /// Returns when the checkpoint holds everything that is published now.
    func flush() throws(StoreError) {
        let done = Monitor<Result<Int64, StoreError>?>(nil)
        writer.submit(.flush { result in done.broadcast { $0 = result } })
        _ = try done.wait { $0 }?.get()
        checkpointer.waitUntilIdle()
        if let failure = context.failure { throw failure }
    }

    func waitForSnapshot() { snapshotter.waitUntilIdle() }
    func waitForRemoval() { checkpointer.waitForRemoval() }

    // MARK: Size

    /// Bytes of the checkpoint's pages, and of those that hold something; the others are free for reuse. The log is not
    /// in them.
    package func checkpointBytes() throws(StoreError) -> (allocated: Int64, inUse: Int64) {
        let view = try ReadView(context)
        return try view.database.bytes(in: view.snapshot)
    }

    // MARK: Leases

    package func grantLease(
        id: Int64, ttlSeconds: Int64, completion: @escaping @Sendable (Result<Lease, StoreError>) -> Void
    ) { writer.submit(.grantLease(id: id, seconds: ttlSeconds, completion)) }

    package func revokeLease(id: Int64, completion: @escaping @Sendable (Result<Int64, StoreError>) -> Void) {
        writer.submit(.revokeLease(id, completion))
    }

    package func renewLease(id: Int64, completion: @escaping @Sendable (Result<Lease, StoreError>) -> Void) {
        writer.submit(.renewLease(id, completion))
    }

    package func lease(id: Int64, withKeys: Bool) throws(StoreError) -> (lease: Lease, keys: [[UInt8]]) {
        let answer = Monitor<Result<Lease, StoreError>?>(nil)
        writer.submit(.lease(id) { result in answer.broadcast { $0 = result } })
        guard let lease = try answer.wait({ $0 })?.get() else {
            throw StoreError(.unavailable, "the store is closed")
        }
        if !withKeys { return (lease, []) }
        let view = try ReadView(context)
        return (lease, try view.keys(of: id, onWriterThread: false))
    }

    package func leases() -> [Int64] {
        let answer = Monitor<[Int64]?>(nil)
        writer.submit(.leases { ids in answer.broadcast { $0 = ids } })
        return answer.wait { $0 } ?? []
    }
}
