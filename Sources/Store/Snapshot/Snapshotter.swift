/// Makes a snapshot in the background whenever enough has been logged since the last one, and then removes the log
/// segments that neither the checkpoint nor the older of the two newest snapshots needs.
final class Snapshotter: Sendable {
    private struct Work {
        var applied: CheckpointState?
        var isBusy = false
        var isClosed = false
    }

    private let context: StoreContext
    private let files: SnapshotFiles
    private let work = Monitor(Work())

    init(context: StoreContext) {
        self.context = context
        files = SnapshotFiles(directory: context.directory, storage: context.storage)
    }

    /// Told by the checkpointer after each commit.
    func applied(_ state: CheckpointState) { work.signal { $0.applied = state } }
    func waitUntilIdle() { work.wait { $0.isBusy || $0.applied != nil ? nil : () } }
    func close() { work.signal { $0.isClosed = true } }

    /// The body of the snapshotter's thread.
    func run() {
        while let state = work.wait({ work -> CheckpointState?? in
            if work.isClosed { return .some(nil) }
            guard let state = work.applied else { return nil }
            work.applied = nil
            work.isBusy = true
            return .some(state)
        }) ?? nil {
            defer { work.broadcast { $0.isBusy = false } }
            if context.failure != nil { continue }
            do throws(StoreError) {
                if try isDue(state) { _ = try files.make(context) }
                try removeSegments(before: state.position.segment)
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

    private func isDue(_ state: CheckpointState) throws(StoreError) -> Bool {
        let newest = try files.paths().first
        let base = if let newest { try SnapshotReader(newest, context.storage).state } else { nil as CheckpointState? }
        if let base, base.revision == state.revision { return false }
        let segments = Int64(state.position.segment) - Int64(base?.position.segment ?? 1)
        let logged = segments * Int64(context.options.segmentBytes)
        return logged >= max(context.options.snapshotLogBytes, state.liveBytes / 4)
    }

    private func removeSegments(before applied: UInt64) throws(StoreError) {
        let first = min(applied, try files.firstNeededSegment())
        var removed = false
        for number in try context.directory.segments(context.storage) where number < first {
            try context.storage.remove(context.directory.segment(number))
            removed = true
        }
        if removed { try context.storage.syncDirectory(context.directory.log) }
    }
}
