import Testing

@testable import Store

/// How long leases are, on slow disks, in the far future, and in memory.
@Suite struct LeaseEndTests {
    private let directory = TemporaryDirectory()
    private let storage = HookStorage()
    private static let second: Int64 = 1_000_000_000

    private func open(_ name: String = "store") throws -> LocalEngine {
        var options = LocalEngineOptions.testing()
        options.storage = storage
        return try LocalEngine.open(directory: directory.path + "/" + name, options: options)
    }

    private func crash(_ engine: LocalEngine) throws -> LocalEngine {
        copyTree(directory.path + "/store", to: directory.path + "/crashed")
        engine.close()
        return try open("crashed")
    }

    private func remaining(_ engine: LocalEngine, _ id: Int64) throws -> Int64 {
        try engine.lease(id: id, withKeys: false).lease.remainingSeconds
    }

    // MARK: A slow disk

    /// The next syncs of the log take five seconds each. Returns when the last sync ended, as the writer may know.
    private func stall(syncs: Int) -> Monitor<Int64> {
        let left = Monitor(syncs)
        let lastSync = Monitor<Int64>(0)
        let storage = storage
        storage.change { hooks in
            hooks.beforeSync = { [weak storage] _ in
                let isSlow = left.withLock { left in
                    left -= 1
                    return left >= 0
                }
                if isSlow { storage?.advance(seconds: 5) }
            }
            hooks.afterSync = { [weak storage] _ in
                let now = storage?.monotonicNanoseconds ?? 0
                lastSync.withLock { $0 = now }
            }
        }
        return lastSync
    }

    /// The answer promises the time from after the sync: a start must not count from before it.
    @Test(arguments: [1, 2])
    func aGrantOnASlowDiskKeepsItsPromiseOverACrash(slowSyncs: Int) async throws {
        let engine = try open()
        let realStart = PosixStorage().monotonicNanoseconds
        let lastSync = stall(syncs: slowSyncs)
        // Seen from the answer itself, on the writer's thread: a seal comes later.
        let answered: Int64 = await withCheckedContinuation { done in
            engine.grantLease(id: 1, ttlSeconds: 1_000) { _ in done.resume(returning: lastSync.withLock { $0 }) }
        }
        let realTime = PosixStorage().monotonicNanoseconds - realStart
        storage.change { $0 = HookStorage.Hooks() }
        storage.advance(seconds: 400)
        let crashed = try crash(engine)
        defer { crashed.close() }
        let left = try remaining(crashed, 1)
        // What is left is rounded down.
        #expect((left + 1) * Self.second + storage.monotonicNanoseconds >= answered + 1_000 * Self.second)
        // One that was never renewed keeps its deadline, if the disk allowed to say so in time.
        if slowSyncs == 1, realTime < Self.second / 2 { #expect(left <= 602) }
    }

    @Test func aGrantThatStallsIsSettledAtACleanStop() async throws {
        var engine = try open()
        _ = stall(syncs: 2)
        _ = try await engine.grant(1, seconds: 1_000)
        storage.change { $0 = HookStorage.Hooks() }
        storage.advance(seconds: 400)
        engine.close()
        engine = try open()
        defer { engine.close() }
        let left = try remaining(engine, 1)
        #expect(left > 500 && left <= 602)
    }

    // MARK: The far future

    @Test func theLongestLeaseSurvivesAReopenAndACrash() async throws {
        let longest = StoreLimits.leaseSeconds
        var engine = try open()
        #expect(try await engine.grant(1, seconds: longest).remainingSeconds == longest)
        #expect(try await engine.grant(2, seconds: longest).remainingSeconds == longest)
        #expect(try await engine.renew(2).remainingSeconds == longest)
        try await engine.put("/a", "", lease: 2)
        engine.close()
        engine = try open()
        for id: Int64 in [1, 2] {
            let left = try remaining(engine, id)
            #expect(left > longest - 1_000 && left <= longest)
        }
        _ = try await engine.renew(1)
        let crashed = try crash(engine)
        defer { crashed.close() }
        for id: Int64 in [1, 2] {
            let left = try remaining(crashed, id)
            #expect(left > longest - 1_000 && left <= longest)
        }
        #expect(try crashed.list("/a") == ["/a="])
    }

    /// Clocks that are far ahead, and records that no build of ours makes.
    @Test func timesStopAtTheEndOfTheNumbers() {
        var lease = LiveLease(id: 1, grantedSeconds: 9_000_000_000, deadline: 0, isSettled: true)
        lease.renew(now: .max / 2)
        #expect(lease.deadline == .max)
        #expect(lease.remainingSeconds(now: 0) == Int64.max / Self.second)
        let record = lease.record(now: 5, wall: .max - 1, boot: 1)
        #expect(record.deadlineNanoseconds == .max)
        #expect(LiveLease(record, now: .max / 2, boot: 1).deadline == .max)
        #expect(LiveLease(record, now: .max / 2, boot: 2).deadline == .max)
        for number in [Int64.min, -1, 0, 1, .max] {
            let odd = LeaseRecord(
                id: 1, grantedSeconds: number, deadlineNanoseconds: number, renewed: number == 1,
                remainingNanoseconds: 7, monotonicDeadline: number, boot: 1)
            for boot: UInt64 in [1, 2] {
                var table = LeaseTable([LiveLease(odd, now: 3, boot: boot)], now: 3)
                _ = table.takeUnsettled(now: .max - StoreLimits.leaseSettleNanoseconds, all: false)
            }
        }
        #expect(Int64.min.adding(saturating: -1) == .min)
        #expect(Int64.min.subtracting(saturating: 1) == .min)
        #expect(Int64(5).subtracting(saturating: .min) == .max)
        #expect(Int64.min.multiplied(saturating: 2) == .min)
        #expect(Int64.min.multiplied(saturating: -2) == .max)
        #expect(Int64(3).multiplied(saturating: 4) == 12)
    }

    // MARK: Memory

    @Test func revokedLeasesLeaveTheOrderOfDeadlines() {
        var table = LeaseTable()
        func lease(_ id: Int64) -> LiveLease {
            LiveLease(id: id, grantedSeconds: 100_000, deadline: (100_000 + id) * Self.second, isSettled: true)
        }
        for id: Int64 in 1...10 { table.set(lease(id), now: 0) }
        for id: Int64 in 100...50_000 {
            table.set(lease(id), now: 0)
            table.remove(id)
        }
        #expect(table.orderCount <= 2 * 10 + 64)
        #expect(table.nextDeadline == 100_001 * Self.second)
        #expect(table.takeExpired(now: 100_010 * Self.second) == Array(1...10))
    }

    // MARK: Keys

    /// A batch on its way to the disk may never have been.
    @Test func keysOfABatchThatIsNotDurableAreNotShown() async throws {
        let engine = try open()
        let gate = TestGate()
        defer {
            gate.open()
            engine.close()
        }
        _ = try await engine.grant(1, seconds: 1_000)
        try await engine.put("/a", "", lease: 1)
        // The seal of these two is shorter.
        storage.change { $0.beforeSync = { bytes in if bytes > 16_384 { gate.pass() } } }
        gate.shut()
        let isDone = Monitor(false)
        let put = Put(key: [UInt8]("/b"), value: [UInt8](repeating: 1, count: 20_000), lease: 1)
        engine.submit(
            Transaction(success: [.delete(Delete(.key([UInt8]("/a")))), .put(put)]), origin: Origin("test")
        ) { _ in isDone.broadcast { $0 = true } }
        try #require(gate.hasSomebody())
        #expect(try keys(engine) == ["/a"])
        gate.open()
        isDone.wait { $0 ? () : nil }
        #expect(try keys(engine) == ["/b"])
    }

    /// As any thread but the writer's sees them.
    private func keys(_ engine: LocalEngine) throws -> [String] {
        let view = try ReadView(engine.context)
        return try view.keys(of: 1, onWriterThread: false).map { String(decoding: $0, as: UTF8.self) }
    }
}
