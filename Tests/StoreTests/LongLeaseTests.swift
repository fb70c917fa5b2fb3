import Testing

@testable import Store

/// Leases with more keys than one batch of the log can delete.
@Suite struct LongLeaseTests {
    private let directory = TemporaryDirectory()
    private let storage = HookStorage()
    private let fatal = FatalCounter()

    /// 500 bytes each: to delete them takes 16.8 MB of the log, and a segment has 16.3.
    private static let count = 30_000

    private func open(_ name: String = "store") throws -> LocalEngine {
        let fatal = fatal
        var options = LocalEngineOptions.testing(onFatal: { _ in fatal.add() })
        options.storage = storage
        return try LocalEngine.open(directory: directory.path + "/" + name, options: options)
    }

    private static func key(_ number: Int) -> [UInt8] {
        let name = [UInt8]("/l/\(100_000 + number)/")
        return name + [UInt8](repeating: 0x78, count: 500 - name.count)
    }

    /// In transactions of 2,000 puts.
    private func fill(_ engine: LocalEngine, lease: Int64) async throws {
        for first in stride(from: 0, to: Self.count, by: 2_000) {
            var groups: [Store.Operation] = []
            for start in stride(from: first, to: first + 2_000, by: 50) {
                let puts = (start..<start + 50).map { number in
                    Store.Operation.put(Put(key: Self.key(number), value: [], lease: lease))
                }
                groups.append(.transaction(Transaction(success: puts)))
            }
            _ = try await engine.transact(Transaction(success: groups), origin: Origin("test"))
        }
    }

    private func left(_ engine: LocalEngine) throws -> Int {
        var request = RangeRequest(.prefix([UInt8]("/l/")))
        request.countOnly = true
        return try engine.range(request).count
    }

    private func isOver(_ engine: LocalEngine) throws -> Bool { try left(engine) == 0 && engine.leases().isEmpty }

    /// As the files are when the first step is durable and nothing of the second is written.
    private func copyAfterFirstStep() {
        let (source, target) = (directory.path + "/store", directory.path + "/crashed")
        let isDone = Monitor(false)
        storage.change { hooks in
            hooks.afterSync = { bytes in
                if bytes < 8_000_000 || isDone.withLock({ $0 }) { return }
                isDone.withLock { $0 = true }
                copyTree(source, to: target)
            }
        }
    }

    @Test func aRevokedOneGoesInStepsAndIsAnsweredAfterTheLast() async throws {
        var engine = try open()
        _ = try await engine.grant(7, seconds: 100_000)
        _ = try await engine.renew(7)
        try await fill(engine, lease: 7)
        #expect(try left(engine) == Self.count)
        // Nothing but the writer is at work when the files are copied.
        try engine.flush()
        copyAfterFirstStep()
        let before = engine.currentRevision
        let revision = try await engine.revoke(7)
        #expect(revision == before + 2)
        #expect(engine.currentRevision == revision)
        #expect(try isOver(engine))
        storage.change { $0 = HookStorage.Hooks() }
        engine.close()
        engine = try open()
        #expect(try isOver(engine))
        #expect(engine.currentRevision == revision)
        engine.close()
        try await checkCrashed(before: before)
        #expect(fatal.value == 0)
    }

    /// It has been renewed, so its record of before would give it its full time.
    private func checkCrashed(before: Int64) async throws {
        let engine = try open("crashed")
        defer { engine.close() }
        #expect(engine.currentRevision > before, "the copy was not made half-way")
        let renewal = await #expect(throws: StoreError.self) { try await engine.renew(7) }
        #expect(renewal?.code == .leaseNotFound)
        let put = await #expect(throws: StoreError.self) { try await engine.put("/other", "", lease: 7) }
        #expect(put?.code == .leaseNotFound)
        #expect(engine.leases() == [])
        #expect(try await holds(within: 120) { try left(engine) == 0 }, "its removal does not go on")
        #expect(engine.currentRevision == before + 2)
        #expect(try await holds(within: 120) { (try? await engine.grant(7, seconds: 100)) != nil })
    }

    @Test func oneThatExpiresGoesInSteps() async throws {
        var engine = try open()
        _ = try await engine.grant(7, seconds: 5_000)
        try await fill(engine, lease: 7)
        engine.close()
        storage.advance(seconds: 6_000)
        engine = try open()
        let opened = engine
        // The writer sleeps by the machine's clock, which has not gone on: a write makes it look at the store's.
        let hasEnded = try await holds(within: 120) {
            try await opened.put("/poke", "")
            return try isOver(opened)
        }
        #expect(hasEnded, "it does not end")
        let revision = engine.currentRevision
        engine.close()
        engine = try open()
        defer { engine.close() }
        #expect(try isOver(engine))
        #expect(engine.currentRevision == revision)
        #expect(fatal.value == 0)
    }

    @Test func anEndingOneIsGoneForClientsAndKeepsItsPlace() {
        let second: Int64 = 1_000_000_000
        var lease = LiveLease(id: 3, grantedSeconds: 100, deadline: 40 * second, isSettled: true, isEnding: true)
        let record = lease.record(now: 50 * second, wall: 0, boot: 9)
        for boot: UInt64 in [9, 10, 0] {
            let again = LiveLease(record, now: 60 * second, boot: boot)
            #expect(again.isEnding && again.isSettled && again.deadline == 60 * second)
        }
        lease.deadline = 51 * second
        #expect(!LiveLease(lease.record(now: 50 * second, wall: 0, boot: 9), now: 60 * second, boot: 9).isEnding)

        var table = LeaseTable([lease], now: 50 * second)
        #expect(table.ids == [] && table.live(3) == nil && table[3] == lease)
        #expect(table.takeExpired(now: 52 * second) == [3])
        table.postpone(3, until: 60 * second)
        #expect(table.takeExpired(now: 59 * second) == [])
        #expect(table.takeExpired(now: 60 * second) == [3])
    }
}
