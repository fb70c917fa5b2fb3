import Testing

@testable import Store

/// Snapshots and backups while a compaction removes history.
@Suite struct SnapshotRemovalTests {
    private let directory = TemporaryDirectory()
    private let storage = GatedStorage()

    private func open() throws -> LocalEngine {
        var options = LocalEngineOptions.testing()
        options.storage = storage
        return try LocalEngine.open(directory: directory.path + "/store", options: options)
    }

    /// Rows that fill more than one view of a snapshot, and behind them records that the next compaction removes in one
    /// step: their values are too long for the history, so that there is nothing else to do with them.
    private func fill(_ engine: LocalEngine, parts: Int) throws {
        for part in 0..<parts { try engine.write(.puts(part * 4_096..<(part + 1) * 4_096, "/filler", valueBytes: 0)) }
        try engine.compactToNewest()
        try engine.waitForRemoval(within: 120)
        for _ in 0..<2 { try engine.write(.puts(0..<128, "/twice", valueBytes: 2_000)) }
        try engine.flush()
        try engine.waitForRemoval(within: 120)
    }

    @Test func aBackupBegunDuringAStepIsWhole() throws {
        let engine = try open()
        defer { engine.close() }
        defer { storage.releaseCommits() }
        try fill(engine, parts: 8)
        let after = engine.space.liveBytes - 128 * 2_012
        // The compaction's own checkpoint passes, then the step is held.
        storage.holdCommits(after: 0)
        let compaction = try BlockingCall { try engine.compactToNewest() }
        #expect(storage.waitForHeldCommit())
        while engine.context.pins.isStepUnderWay == false {
            storage.passHeldCommit()
            #expect(storage.waitForHeldCommit())
        }
        // That step only comes past the first of the two transactions; the next one removes its records.
        storage.passHeldCommit()
        #expect(storage.waitForHeldCommit())
        try compaction.value(within: 120)

        let bytes = Monitor<[UInt8]>([])
        let hasBegun = Monitor(false)
        let backup = try BlockingCall { [storage] in
            try engine.backup { piece throws(StoreError) in
                let isFirst = bytes.withLock { bytes in
                    defer { bytes += Array(piece) }
                    return bytes.isEmpty
                }
                if !isFirst { return }
                // Should it have begun beside the step: that ends now, before the next view.
                hasBegun.broadcast { $0 = true }
                storage.releaseCommits()
                let deadline = PosixStorage().monotonicNanoseconds + 30_000_000_000
                while engine.space.liveBytes > after, PosixStorage().monotonicNanoseconds < deadline {}
            }
        }
        // It must wait for the step, so this passes in full.
        hasBegun.wait(until: PosixStorage().monotonicNanoseconds + 1_000_000_000) { $0 ? () : nil }
        storage.releaseCommits()
        let summary = try backup.value(within: 120)
        let path = directory.path + "/backup"
        writeFile(path, bytes.withLock { $0 })
        #expect(try StoreBackup.verify(path) == summary)
        #expect(summary.bytes == after)
    }

    /// As if nothing had held the removal back: the copy is compared with what its header promises.
    @Test func aSnapshotThatLacksRecordsGetsNoName() throws {
        let engine = try open()
        defer { engine.close() }
        try fill(engine, parts: 3)
        let files = SnapshotFiles(directory: engine.context.directory, storage: storage)
        var isFirst = true
        let error = #expect(throws: StoreError.self) {
            try files.make(engine.context) {
                if !isFirst { return }
                isFirst = false
                for pin in 1...100 { engine.context.pins.remove(pin) }
                try? engine.compactToNewest()
                engine.waitForRemoval()
            }
        }
        #expect(!isFirst)
        #expect(error?.code == .unavailable)
        #expect(names(in: directory.path + "/store/snapshots").isEmpty)
        #expect(throws: Never.self) { try files.make(engine.context) }
    }
}
