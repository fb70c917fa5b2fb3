/// The store's own snapshots: `snapshots/<16 hex digits of the revision>.snap`, written under another name, synced,
/// read back from the disk and compared, then renamed. The two newest are kept.
///
/// One whose header does not read does not count: the store itself is well, and another will be made.
struct SnapshotFiles: Sendable {
    let directory: StoreDirectory
    let storage: any Storage
    /// Told of those that do not count.
    var onUnreadable: @Sendable (_ path: String, StoreError) -> Void = { _, _ in }

    /// Paths, newest first.
    func paths() throws(StoreError) -> [String] {
        try storage.names(in: directory.snapshots).filter { $0.hasSuffix(".snap") }.sorted(by: >)
            .map { directory.snapshots + "/" + $0 }
    }

    /// The `count` newest that read, newest first.
    func readable(_ count: Int) throws(StoreError) -> [(path: String, state: CheckpointState)] {
        var found: [(path: String, state: CheckpointState)] = []
        for path in try paths() where found.count < count {
            do throws(StoreError) {
                found.append((path, try SnapshotReader(path, storage).state))
            } catch {
                onUnreadable(path, error)
            }
        }
        return found
    }

    /// The first log segment that is still needed to bring the oldest of the `count` newest snapshots up to date; the
    /// very first one while there are fewer.
    func firstNeededSegment(_ count: Int) throws(StoreError) -> UInt64 {
        let newest = try readable(count)
        if newest.count < count { return 1 }
        return newest.map { $0.state.position.segment }.min() ?? 1
    }

    /// Makes one of what the checkpoint holds. Returns the state in it. `pause` is called again and again on the way.
    func make(_ context: StoreContext, pause: @escaping () -> Void = {}) throws(StoreError) -> CheckpointState {
        let unfinished = directory.snapshots + "/next.tmp"
        try storage.remove(unfinished)
        let state: CheckpointState
        do {
            state = try write(unfinished, context, pause)
            try check(unfinished, pause)
        } catch {
            try storage.remove(unfinished)
            throw error
        }
        let digits = String(state.revision, radix: 16)
        let name = String(repeating: "0", count: 16 - digits.count) + digits + ".snap"
        try storage.rename(unfinished, to: directory.snapshots + "/" + name)
        try storage.syncDirectory(directory.snapshots)
        try keep(2)
        return state
    }

    /// What a later rebuild would find out, found out now, while the log behind it still exists. A copy that is bad costs
    /// the snapshot: the store that it is a copy of is well, and the next one may be better.
    private func check(_ path: String, _ pause: () -> Void) throws(StoreError) {
        do throws(StoreError) {
            try SnapshotReader(path, storage).verify(pause: pause)
        } catch {
            guard error.code == .corrupt || error.code == .unknownFormat else { throw error }
            throw StoreError(.unavailable, "a snapshot does not read back: \(error.message)", cause: error.cause)
        }
    }

    /// Removes what is older than the `count` newest that read; nothing while there are fewer.
    func keep(_ count: Int) throws(StoreError) {
        let newest = try readable(count)
        guard newest.count == count, let oldest = newest.last?.path else { return }
        let old = try paths().filter { $0 < oldest }
        if old.isEmpty { return }
        for path in old { try storage.remove(path) }
        try storage.syncDirectory(directory.snapshots)
    }

    private func write(
        _ path: String, _ context: StoreContext, _ pause: @escaping () -> Void
    ) throws(StoreError) -> CheckpointState {
        let file = try storage.open(path, creating: true)
        var offset = 0
        var writer = SnapshotWriter(context, pause: pause) { bytes throws(StoreError) in
            try file.write(bytes, at: offset)
            offset += bytes.count
        }
        let state = try writer.run()
        try file.syncData()
        return state
    }
}
