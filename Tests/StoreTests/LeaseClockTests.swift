import TestSupport
import Testing

@testable import Store

/// When a lease ends, over stops, crashes, reboots and clocks that are set: never before its time.
@Suite struct LeaseClockTests {
    private let directory = TemporaryDirectory()
    private let clock = ClockStorage()

    private func open(_ name: String = "store") throws -> LocalEngine {
        var options = LocalEngineOptions.testing()
        options.storage = clock
        return try LocalEngine.open(directory: directory.path + "/" + name, options: options)
    }

    private func grant(_ engine: LocalEngine, _ id: Int64, _ seconds: Int64) async throws {
        _ = try await withCheckedContinuation { done in
            engine.grantLease(id: id, ttlSeconds: seconds) { done.resume(returning: $0) }
        }.get()
    }

    private func renew(_ engine: LocalEngine, _ id: Int64) async throws {
        _ = try await withCheckedContinuation { done in
            engine.renewLease(id: id) { done.resume(returning: $0) }
        }.get()
    }

    /// A second of tolerance below nothing, some above: machines are slow.
    private func expect(_ engine: LocalEngine, _ id: Int64, _ seconds: Int64, _ comment: Comment? = nil) throws {
        let remaining = try engine.lease(id: id, withKeys: false).lease.remainingSeconds
        #expect(remaining >= seconds - 30 && remaining <= seconds + 1, comment)
    }

    /// The files as a crash leaves them.
    private func crash(_ engine: LocalEngine) throws -> LocalEngine {
        copyTree(directory.path + "/store", to: directory.path + "/crashed")
        engine.close()
        return try open("crashed")
    }

    @Test func aCleanStopKeepsWhatIsLeft() async throws {
        var engine = try open()
        try await grant(engine, 1, 1_000)
        try await grant(engine, 2, 1_000)
        clock.advance(seconds: 300)
        try await renew(engine, 2)
        clock.advance(seconds: 100)
        engine.close()
        clock.advance(seconds: 200)
        engine = try open()
        defer { engine.close() }
        try expect(engine, 1, 400)
        try expect(engine, 2, 700)
    }

    @Test func aCrashGivesARenewedLeaseItsFullTimeAndOthersNothing() async throws {
        let engine = try open()
        try await grant(engine, 1, 1_000)
        try await grant(engine, 2, 1_000)
        try await renew(engine, 2)
        clock.advance(seconds: 400)
        let crashed = try crash(engine)
        defer { crashed.close() }
        try expect(crashed, 1, 600)
        try expect(crashed, 2, 1_000)
    }

    @Test(arguments: [-500_000_000, 500_000_000])
    func theWallClockDecidesNothing(offset: Int64) async throws {
        var engine = try open()
        try await grant(engine, 1, 1_000)
        clock.setWall(offsetSeconds: offset)
        clock.advance(seconds: 100)
        engine.close()
        engine = try open()
        try expect(engine, 1, 900)
        clock.setWall(offsetSeconds: -offset)
        let crashed = try crash(engine)
        defer { crashed.close() }
        try expect(crashed, 1, 900)
    }

    @Test(arguments: [0, 100_000, 300_000])
    func aRebootKeepsWhatWasLeft(clockOffset: Int64) async throws {
        clock.advance(seconds: 200_000)
        var engine = try open()
        try await grant(engine, 1, 1_000)
        try await renew(engine, 1)
        clock.advance(seconds: 300)
        engine.close()
        clock.reboot(clockOffsetSeconds: clockOffset)
        engine = try open()
        defer { engine.close() }
        try expect(engine, 1, 700)
    }

    @Test func renewalsAreNotWritten() async throws {
        let storage = FaultStorage(failing: 0)
        var options = LocalEngineOptions.testing()
        options.storage = storage
        let engine = try LocalEngine.open(directory: directory.path + "/store", options: options)
        defer { engine.close() }
        try await grant(engine, 1, 1_000)
        try await renew(engine, 1)
        // The seal of the first renewal, and its sync, which is counted behind the write.
        try await waitForSeal(log: directory.path + "/store/wal")
        try await Task.sleep(for: .milliseconds(500))
        let calls = storage.callCount
        for _ in 0..<100 { try await renew(engine, 1) }
        try await Task.sleep(for: .milliseconds(200))
        #expect(storage.callCount == calls)
    }

    // MARK: The table

    private static let second: Int64 = 1_000_000_000

    @Test func theFirstDeadlineIsFoundWhateverHappenedBefore() {
        let seed = TestSeed.value(7)
        print("LeaseClockTests seed \(seed)")
        var random = SeededRandom(seed: seed)
        var table = LeaseTable()
        var model: [Int64: Int64] = [:]
        var now: Int64 = 0
        for _ in 0..<20_000 {
            let id = Int64(random.below(200)) + 1
            switch random.below(4) {
            case 0, 1:
                let deadline = max(model[id] ?? 0, now + Int64(random.below(100)) * Self.second)
                table.set(LiveLease(id: id, grantedSeconds: 100, deadline: deadline, isSettled: true), now: now)
                model[id] = deadline
            case 2:
                table.remove(id)
                model[id] = nil
            default:
                now += Int64(random.below(3)) * Self.second
                let expected = model.filter { $0.value <= now }.keys.sorted()
                #expect(table.nextDeadline ?? .max <= model.values.min() ?? .max, "seed \(seed)")
                let expired = table.takeExpired(now: now)
                #expect(Set(expired) == Set(expected), "seed \(seed)")
                for id in expected {
                    table.remove(id)
                    model[id] = nil
                }
            }
        }
    }

    @Test func onlyWhatIsNoLongerRenewedIsRecorded() {
        var table = LeaseTable()
        func lease(_ id: Int64, renewedAt: Int64) -> LiveLease {
            LiveLease(id: id, grantedSeconds: 1_000, deadline: (renewedAt + 1_000) * Self.second, isSettled: false)
        }
        table.set(lease(1, renewedAt: 0), now: 0)
        table.set(lease(2, renewedAt: 50), now: 50 * Self.second)
        #expect(table.settleAt == 60 * Self.second)
        #expect(table.takeUnsettled(now: 60 * Self.second, all: false).map(\.id) == [1])
        #expect(table.settleAt == 120 * Self.second)
        #expect(table.takeUnsettled(now: 60 * Self.second, all: true).map(\.id) == [2])
        #expect(table.settleAt == nil)
    }
}
