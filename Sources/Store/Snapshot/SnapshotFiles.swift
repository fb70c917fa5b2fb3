/// The store's own snapshots: `snapshots/<16 hex digits of the revision>.snap`, written under another name, synced,
/// read back from the disk and compared, then renamed. The two newest are kept.
struct SnapshotFiles {
    let directory: StoreDirectory
    let storage: any Storage

    /// Paths, newest first.
    func paths() throws(StoreError) -> [String] {
        try storage.names(in: directory.snapshots).filter { $0.hasSuffix(".snap") }.sorted(by: >)
            .map { directory.snapshots + "/" + $0 }
    }

    /// The first log segment that is still needed to bring the oldest of the `count` newest snapshots up to date; the
    /// very first one while there are fewer.
    func firstNeededSegment(_ count: Int) throws(StoreError) -> UInt64 {
        let newest = try paths().prefix(count)
        if newest.count < count { return 1 }
        var first = UInt64.max
        for path in newest { first = min(first, try SnapshotReader(path, storage).state.position.segment) }
        return first
    }

    /// Makes one of what the checkpoint holds. Returns the state in it. `pause` is called again and again on the way.
    func make(_ context: StoreContext, pause: @escaping () -> Void = {}) throws(StoreError) -> CheckpointState {
        let unfinished = directory.snapshots + "/next.tmp"
        try storage.remove(unfinished)
        let state: CheckpointState
        do {
            state = try write(unfinished, context, pause)
            // What a later rebuild would find out, found out now, while the log behind it still exists.
            try SnapshotReader(unfinished, storage).read(pause: pause) { _ throws(StoreError) in }
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

    /// Removes all but the `count` newest.
    func keep(_ count: Int) throws(StoreError) {
        let old = try paths().dropFirst(count)
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
