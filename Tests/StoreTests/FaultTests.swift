import Glibc
import Synchronization
import Testing

@testable import Store

/// A scripted life in which the n-th I/O call fails, for many n: after the fault nothing is acknowledged, and the next
/// start finds everything that was.
@Suite struct FaultTests {
    private struct Life {
        var acknowledged = 0
        var attempted = 0
        var fatal = 0
        var calls = 0
    }

    private func live(_ store: String, failing: Int, error: Int32) async -> Life {
        var life = Life()
        let storage = FaultStorage(failing: failing, error: error)
        var options = LocalEngineOptions.testing()
        options.storage = storage
        options.segmentBytes = 65_536
        options.snapshotLogBytes = 65_536
        let counter = FatalCounter()
        options.onFatal = { _ in counter.add() }
        guard let engine = try? LocalEngine.open(directory: store, options: options) else {
            life.calls = storage.callCount
            return life
        }
        for index in 0..<45 {
            life.attempted += 1
            guard (try? await engine.put("/k\(index)", String(repeating: "x", count: 500))) != nil else { break }
            life.acknowledged += 1
            if index % 15 == 14 { try? engine.flush() }
        }
        engine.close()
        life.fatal = counter.value
        life.calls = storage.callCount
        return life
    }

    private func check(_ failing: Int, _ error: Int32) async throws {
        let directory = TemporaryDirectory()
        let store = directory.path + "/store"
        let life = await live(store, failing: failing, error: error)
        #expect(life.fatal <= 1)
        let engine = try LocalEngine.open(directory: store, options: .testing())
        defer { engine.close() }
        let found = try engine.list("/k").count
        #expect(found >= life.acknowledged && found <= life.attempted, "call \(failing): \(found) of \(life)")
        #expect(engine.currentRevision == Int64(found) + 1)
    }

    @Test func everyCallThatCanFail() async throws {
        let directory = TemporaryDirectory()
        let calls = await live(directory.path + "/store", failing: 0, error: EIO).calls
        #expect(calls > 100)
        for failing in stride(from: 1, through: calls, by: TestForm.isLong ? 1 : 4) {
            try await check(failing, EIO)
            if failing % 3 == 0 || TestForm.isLong { try await check(failing, ENOSPC) }
        }
    }

    @Test func aFailedSyncIsIndeterminateAndStopsTheStore() async throws {
        let directory = TemporaryDirectory()
        let calls = FaultStorage(failing: 0)
        var options = LocalEngineOptions.testing()
        options.storage = calls
        _ = try LocalEngine.open(directory: directory.path + "/probe", options: options).close()
        var seen: Set<StoreError.Code> = []
        for failing in 10..<40 {
            let counter = FatalCounter()
            options.storage = FaultStorage(failing: failing)
            options.onFatal = { _ in counter.add() }
            guard let engine = try? LocalEngine.open(directory: directory.path + "/s\(failing)", options: options)
            else {
                continue
            }
            defer { engine.close() }
            for _ in 0..<12 {
                let failedBefore = counter.value > 0
                do throws(StoreError) {
                    let put = Put(key: [UInt8]("/k"), value: [])
                    _ = try await engine.transact(Transaction(success: [.put(put)]), origin: Origin("test"))
                    #expect(!failedBefore)
                } catch {
                    seen.insert(error.code)
                    // Whoever failed first may not have told it yet.
                    for _ in 0..<2_000 where counter.value == 0 { usleep(5_000) }
                    #expect(counter.value == 1)
                }
            }
        }
        #expect(seen.isSuperset(of: [.indeterminate, .unavailable]))
    }
}

final class FatalCounter: Sendable {
    private let count = Atomic<Int>(0)
    func add() { count.wrappingAdd(1, ordering: .relaxed) }
    var value: Int { count.load(ordering: .relaxed) }
}
