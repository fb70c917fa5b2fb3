/// Makes a snapshot in the background whenever enough has been logged since the last one, and then removes the log
/// segments that neither the checkpoint nor the older of the two newest snapshots needs. When the disk is full it gives
/// back what can be spared, and puts the reserve aside again when there is room.
final class Snapshotter: Sendable {
    private struct Work {
        var applied: CheckpointState?
        var spaceChanged = true
        var isBusy = false
        var isClosed = false
    }

    private enum Task {
        case applied(CheckpointState)
        case space
        case end
    }

    private let context: StoreContext
    private let files: SnapshotFiles
    private let work = Monitor(Work())

    init(context: StoreContext) {
        self.context = context
        let told = Monitor<Set<String>>([])
        files = SnapshotFiles(directory: context.directory, storage: context.storage) { path, error in
            // Asked after each checkpoint, told once.
            if !told.withLock({ $0.insert(path).inserted }) { return }
            context.log(.warning, "\(path) does not read and does not count: \(error)")
        }
    }

    /// Told by the checkpointer after each commit.
    func applied(_ state: CheckpointState) { work.broadcast { $0.applied = state } }
    /// Told when a shortage begins or ends.
    func spaceChanged() { work.broadcast { $0.spaceChanged = true } }
    func waitUntilIdle() { work.wait { $0.isBusy || $0.applied != nil ? nil : () } }
    func close() { work.broadcast { $0.isClosed = true } }

    /// The body of the snapshotter's thread.
    func run() {
        var newest: CheckpointState?
        while true {
            let task = nextTask()
            if case .end = task { return }
            defer { work.broadcast { $0.isBusy = false } }
            if context.failure != nil { continue }
            do throws(StoreError) {
                if case .applied(let state) = task {
                    newest = state
                    if try isDue(state), try hasRoom(for: state) { _ = try files.make(context, pause: pacing()) }
                    try removeSegments(before: state.position.segment, keeping: 2)
                }
                try lookAfterSpace(newest)
            } catch {
                // A full disk or a bad copy costs the snapshot, not the store; damage in the store itself is the end.
                if error.code == .noSpace || error.code == .unavailable {
                    context.log(.warning, "no snapshot was made: \(error)")
                } else {
                    context.fail(error)
                }
            }
        }
    }

    /// Asks for nothing while the store is idle and the reserve is there.
    private func nextTask() -> Task {
        let wait: Int64? =
            context.space.shortage == .disk
            ? StoreLimits.fullDiskNanoseconds
            : context.space.wantsReserve ? StoreLimits.reserveNanoseconds : nil
        let deadline = wait.map { context.storage.monotonicNanoseconds + $0 }
        let task: Task? = work.wait(until: deadline) { work in
            if work.isClosed { return .end }
            if let state = work.applied {
                work.applied = nil
                work.isBusy = true
                return .applied(state)
            }
            if !work.spaceChanged { return nil }
            work.spaceChanged = false
            work.isBusy = true
            return .space
        }
        return task ?? .space
    }

    /// A snapshot takes seconds of work, and nobody waits for it: most of the time is left to those who write and read.
    /// But for a stop, or a full disk, it is finished at once.
    private func pacing() -> () -> Void {
        var resumed = context.storage.monotonicNanoseconds
        return { [context, work] in
            if context.space.shortage == .disk { return }
            let now = context.storage.monotonicNanoseconds
            let deadline = now + StoreLimits.snapshotRest * (now - resumed)
            work.wait(until: deadline) { $0.isClosed ? () : nil }
            resumed = context.storage.monotonicNanoseconds
        }
    }

    // MARK: Space

    private func lookAfterSpace(_ newest: CheckpointState?) throws(StoreError) {
        if context.space.status(now: context.storage.monotonicNanoseconds).shortage != .disk {
            return context.space.makeReserve()
        }
        guard let newest else { return }
        // One good snapshot and the log behind it are enough to build the store again; two are for better times.
        try files.keep(1)
        // What it gives back is more than the distance that is kept from a full disk otherwise.
        let free = try context.storage.freeBytes(context.directory.path)
        if try isWorthIt(newest), free > 2 * Self.estimate(newest) {
            _ = try files.make(context)
            try files.keep(1)
        }
        try removeSegments(before: newest.position.segment, keeping: 1)
    }

    /// Whether a new snapshot would give back more than it takes.
    private func isWorthIt(_ state: CheckpointState) throws(StoreError) -> Bool {
        let segments = try context.directory.segments(context.storage)
        let log = Int64(segments.filter { $0 < state.position.segment }.count) * Int64(context.options.segmentBytes)
        let newest = try files.paths().first
        let old = if let newest { try context.storage.fileBytes(newest) } else { 0 as Int64 }
        return log + old > 2 * Self.estimate(state)
    }

    private func hasRoom(for state: CheckpointState) throws(StoreError) -> Bool {
        try context.storage.freeBytes(context.directory.path) > Self.estimate(state) + context.space.rule.lowBytes / 2
    }

    /// Bytes of a snapshot of this state.
    private static func estimate(_ state: CheckpointState) -> Int64 {
        state.liveBytes + 160 * state.liveRecords + 65_536
    }

    private func isDue(_ state: CheckpointState) throws(StoreError) -> Bool {
        let base = try files.readable(1).first?.state
        if let base, base.revision == state.revision { return false }
        let segments = Int64(state.position.segment) - Int64(base?.position.segment ?? 1)
        let logged = segments * Int64(context.options.segmentBytes)
        return logged >= max(context.options.snapshotLogBytes, state.liveBytes / 2)
    }

    private func removeSegments(before applied: UInt64, keeping snapshots: Int) throws(StoreError) {
        let first = min(applied, try files.firstNeededSegment(snapshots))
        var removed = false
        for number in try context.directory.segments(context.storage) where number < first {
            try context.storage.remove(context.directory.segment(number))
            removed = true
        }
        if removed { try context.storage.syncDirectory(context.directory.log) }
    }
}
