import Testing

@testable import Store

/// A snapshot that has rotten costs that snapshot, and neither the store nor the log that the other one needs.
@Suite struct SnapshotDamageTests {
    private let directory = TemporaryDirectory()
    private var store: String { directory.path + "/store" }

    private func open(_ fatal: FatalCounter) throws -> LocalEngine {
        var options = LocalEngineOptions.testing(onFatal: { _ in fatal.add() })
        options.segmentBytes = 262_144
        options.snapshotLogBytes = 262_144
        return try LocalEngine.open(directory: store, options: options)
    }

    /// About 1.2 MB of log, and a snapshot of it.
    private func write(_ engine: LocalEngine, _ name: String) throws {
        for part in 0..<15 { try engine.write(.puts(part * 20..<(part + 1) * 20, "/\(name)", valueBytes: 3_500)) }
        try engine.flush()
        engine.waitForSnapshot()
    }

    private func snapshots() -> [String] {
        names(in: store + "/snapshots").filter { $0.hasSuffix(".snap") }.map { store + "/snapshots/" + $0 }
    }

    private func flip(_ byte: Int, of path: String) {
        var bytes = readFile(path)
        bytes[byte] ^= 1
        writeFile(path, bytes)
    }

    private func expectLog(_ engine: LocalEngine, behind snapshot: String) throws {
        let needed = try SnapshotReader(snapshot, PosixStorage()).state.position.segment
        let present = try engine.context.directory.segments(PosixStorage())
        let first = try #require(present.first)
        let last = try #require(present.last)
        #expect(first <= needed)
        #expect(present == Array(first...last))
    }

    /// Of the checksum's reach, of the format's version, of the magic number.
    @Test(arguments: [100, 8, 0])
    func aRottenHeaderDoesNotStopTheStore(byte: Int) throws {
        let fatal = FatalCounter()
        var engine = try open(fatal)
        for round in 0..<12 where snapshots().count < 2 { try write(engine, "round\(round)") }
        let before = snapshots()
        try #require(before.count == 2)
        flip(byte, of: before[1])
        try engine.write(.puts(0..<1, "/a", valueBytes: 1))
        try engine.flush()
        engine.waitForSnapshot()
        #expect(fatal.value == 0)
        try expectLog(engine, behind: before[0])

        // The next one is made, and until there are two that read again the last good one stays.
        for name in ["b", "c"] where snapshots().count < 3 { try write(engine, name) }
        #expect(fatal.value == 0)
        #expect(snapshots().count == 3)
        #expect(snapshots().first == before[0])
        try expectLog(engine, behind: before[0])
        let wanted = try engine.range(RangeRequest(.from([])))
        engine.close()

        // With the newest one gone, too, that is what the store is built from.
        if let newest = snapshots().last { flip(byte, of: newest) }
        removeTree(store + "/lmdb")
        engine = try open(fatal)
        defer { engine.close() }
        #expect(try engine.range(RangeRequest(.from([]))) == wanted)
    }
}
