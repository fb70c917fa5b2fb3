import Objects
import Registry
import Store
import TestSupport
import Testing

@Suite struct HistoryTests {
    /// `count` versions of an object of this size.
    private func written(_ fixture: Fixture, count: Int, bytes: Int) async throws {
        let object = Object(Sample.configMap("a", data: ["k": .string(String(repeating: "v", count: bytes))]))
        let put = Put(key: Array("/registry/configmaps/case/a".utf8), value: ObjectCoding.encode(object))
        for _ in 0..<count {
            _ = try await fixture.engine.transact(Transaction(success: [.put(put)]), origin: Origin("tests"))
        }
    }

    @Test func everyChangeIsToldOnce() async throws {
        let fixture = try await Fixture.ready()
        try await written(fixture, count: 30, bytes: 10)
        let key = fixture.key(.configMaps, "a")
        let newest = fixture.engine.currentRevision
        for limit in [1, 7, 8, 9, 16, 29, 30, 31, 10_000] {
            let history = try fixture.registry.history(key, limit: limit)
            let expected = (0..<Int64(min(limit, 30))).map { newest - $0 }
            #expect(history.changes.map(\.revision) == expected, "limit \(limit)")
            #expect(history.next == nil)
        }
        let older = try fixture.registry.history(key, through: newest - 20, limit: 100)
        let oldest = (Int64(20)..<30).map { newest - $0 }
        #expect(older.changes.map(\.revision) == oldest)
    }

    /// As many versions as are asked for would be gigabytes.
    @Test func largeVersionsComeInParts() async throws {
        let fixture = try await Fixture.ready()
        try await written(fixture, count: 30, bytes: 600_000)
        let key = fixture.key(.configMaps, "a")
        let newest = fixture.engine.currentRevision
        let first = try fixture.registry.history(key, limit: 10_000)
        #expect(first.changes.count > 8 && first.changes.count < 24)
        let next = try #require(first.next)
        #expect(next == (first.changes.last?.revision ?? 0) - 1)
        let rest = try fixture.registry.history(key, through: next, limit: 10_000)
        #expect(rest.next == nil)
        let all = (Int64(0)..<30).map { newest - $0 }
        #expect((first.changes + rest.changes).map(\.revision) == all)
        // What was asked for is no part.
        #expect(try fixture.registry.history(key, limit: first.changes.count).next == nil)
    }

    @Test func aDurableStoreTellsTheSame() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let engine = try LocalEngine.open(directory: scratch.path + "/store")
        defer { engine.close() }
        let fixture = Fixture(on: engine)
        try await fixture.make(["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": "case"]], .namespaces)
        let key = fixture.key(.configMaps, "a")
        try await fixture.make(Sample.configMap("a"), .configMaps)
        for index in 0..<20 {
            _ = try await fixture.registry.update(key, by: .tester) { old in
                var new = old
                new["data", "k"] = .string("v\(index)")
                return new
            }
        }
        _ = try await fixture.registry.delete(key, by: .tester)
        let history = try fixture.registry.history(key, limit: 100)
        #expect(history.changes.count == 22)
        #expect(history.changes.first?.object == nil)
        #expect(history.changes[1].object?["data", "k"] == "v19")
        let revisions = history.changes.map(\.revision)
        #expect(revisions == revisions.sorted(by: >) && Set(revisions).count == 22)
        // Only what was in force at the compacted revision is left of what was before.
        await withCheckedContinuation { done in engine.compact(to: revisions[15]) { _ in done.resume() } }
        let later = try fixture.registry.history(key, limit: 100)
        #expect(later.changes.map(\.revision) == Array(revisions[...15]))
    }
}
