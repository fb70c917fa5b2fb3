import LMDB
import Testing

@testable import Store

/// A compaction's steps come to an end, however many records one transaction has.
@Suite struct RemovalStepTests {
    private let directory = TemporaryDirectory()
    private var store: String { directory.path + "/store" }

    /// In `history` and in `latest`, of a store that is closed.
    private func entries() throws -> (history: Int, latest: Int) {
        let directory = try StoreDirectory(path: store, options: .testing())
        let database = try Database(
            path: directory.checkpoint, mapBytes: 1 << 32, owner: try directory.own(PosixStorage()))
        defer { keepAlive(database) }
        let history = try ReadTransaction(database.environment).statistics(database.history).entries
        let latest = try ReadTransaction(database.environment).statistics(database.latest).entries
        return (history, latest)
    }

    /// A step takes 64 records of a small store.
    @Test(arguments: [64, 1_000, 4_096])
    func aTransactionLargerThanAStepIsRemoved(puts: Int) throws {
        let engine = try LocalEngine.open(directory: store, options: .testing())
        defer { engine.close() }
        for _ in 0..<2 { try engine.write(.puts(0..<puts, "/k", valueBytes: 1)) }
        try engine.write(.puts(0..<1, "/last", valueBytes: 1))
        let newest = try engine.range(RangeRequest(.from([])))
        try engine.compactToNewest()
        try engine.waitForRemoval(within: 120)
        #expect(engine.space.liveBytes == Int64(puts * 9 + 12))
        #expect(try engine.range(RangeRequest(.from([]))) == newest)
        engine.close()
        let left = try entries()
        #expect(left.history == puts + 1)
        #expect(left.latest == puts + 1)
    }

    /// Tombstones at the revision compacted to stay for watches that begin there, and go with the next compaction.
    @Test func manyTombstonesGoWithTheNextCompaction() throws {
        let engine = try LocalEngine.open(directory: store, options: .testing())
        defer { engine.close() }
        try engine.write(.puts(0..<300, "/k", valueBytes: 1))
        try engine.write(Transaction(success: [.delete(Delete(.prefix([UInt8]("/k"))))]))
        try engine.compactToNewest()
        try engine.waitForRemoval(within: 120)
        #expect(engine.space.liveBytes == 300 * 8)
        try engine.write(.puts(0..<1, "/last", valueBytes: 1))
        try engine.compactToNewest()
        try engine.waitForRemoval(within: 120)
        #expect(engine.space.liveBytes == 12)
        engine.close()
        let left = try entries()
        #expect(left.history == 1)
        #expect(left.latest == 1)
    }

    /// In the body of a read that needs more than one view, the compaction overtakes it.
    @Test func aLongReadThatACompactionOvertakesSaysSo() throws {
        let engine = try LocalEngine.open(directory: store, options: .testing())
        defer { engine.close() }
        for part in 0..<5 { try engine.write(.puts(part * 4_000..<(part + 1) * 4_000, "/k", valueBytes: 1)) }
        try engine.flush()
        var rows = 0
        do throws(StoreError) {
            let result = try engine.scan(RangeRequest(.prefix([UInt8]("/k")))) { _ throws(StoreError) in
                rows += 1
                if rows != 9_999 { return true }
                try engine.write(.puts(19_999..<20_000, "/k", valueBytes: 2))
                try engine.compactToNewest()
                engine.waitForRemoval()
                return true
            }
            #expect(result.count == 20_000)
            #expect(rows == 20_000)
        } catch {
            #expect(error.code == .compacted)
        }
        // The next one is whole.
        #expect(try engine.range(RangeRequest(.prefix([UInt8]("/k")))).count == 20_000)
    }
}
