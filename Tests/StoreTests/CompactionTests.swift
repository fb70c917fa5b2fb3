import LMDB
import Testing

@testable import Store

@Suite struct CompactionTests {
    private func compact(_ engine: LocalEngine, _ revision: Int64) async -> Result<Int64, StoreError> {
        await withCheckedContinuation { done in engine.compact(to: revision) { done.resume(returning: $0) } }
    }

    private func historyEntries(_ store: String) throws -> Int {
        let directory = try StoreDirectory(path: store, options: .testing())
        let database = try Database(
            path: directory.checkpoint, mapBytes: 1 << 32, owner: try directory.own(PosixStorage()))
        return try ReadTransaction(database.environment).statistics(database.history).entries
    }

    @Test func unreadableRecordsAreRemovedFromTheFile() async throws {
        let directory = TemporaryDirectory()
        let store = directory.path + "/store"
        var engine = try LocalEngine.open(directory: store, options: .testing())
        for index in 0..<200 { try await engine.put("/k\(index % 4)", "\(index)") }
        try await engine.put("/gone", "x")
        try await engine.delete("/gone")
        try await engine.put("/k0", "last")
        let newest = engine.currentRevision
        #expect(await compact(engine, newest) == .success(newest))
        #expect(await compact(engine, 5).failureCode == .compacted)
        #expect(await compact(engine, newest + 1).failureCode == .futureRevision)
        let expected = try engine.list("/")
        engine.close()
        engine = try LocalEngine.open(directory: store, options: .testing())
        engine.waitForRemoval()
        #expect(try engine.list("/") == expected)
        #expect(try engine.get("/gone") == nil)
        #expect(throws: StoreError.self) { try engine.list("/", at: newest - 1) }
        #expect(try await engine.put("/gone", "again") == newest + 1)
        engine.close()
        // Four keys, and the one that came again.
        #expect(try historyEntries(store) == 5)
    }

    /// A store that is not written to any more still gives back what a snapshot held while it was compacted.
    @Test func whatWasHeldBackGoesWithoutAnotherWrite() async throws {
        let directory = TemporaryDirectory()
        let engine = try LocalEngine.open(directory: directory.path + "/store", options: .testing())
        defer { engine.close() }
        for index in 0..<100 { try await engine.put("/k", "\(index)") }
        try engine.flush()
        let before = engine.space.liveBytes
        let hold = engine.context.pins.hold()
        #expect(await compact(engine, engine.currentRevision).failureCode == nil)
        try engine.flush()
        try await Task.sleep(for: .milliseconds(300))
        #expect(engine.space.liveBytes == before)
        engine.context.pins.remove(hold)
        engine.waitForRemoval()
        #expect(engine.space.liveBytes == 4)
    }

    @Test func thePolicyKeepsWhatIsYoungOrFew() {
        var policy = RetentionPolicy()
        (policy.minimumRevisions, policy.maximumRevisions) = (100, 1_000)
        #expect(policy.target(current: 50, aged: 50) == 0)
        #expect(policy.target(current: 500, aged: 500) == 400)
        #expect(policy.target(current: 500, aged: 120) == 120)
        #expect(policy.target(current: 5_000, aged: 0) == 4_000)
        #expect(policy.target(current: 5_000, aged: 4_950) == 4_900)
    }
}

extension Result where Failure == StoreError {
    var failureCode: StoreError.Code? { if case .failure(let error) = self { error.code } else { nil } }
}
