import Glibc
import Synchronization
import Testing

@testable import Store

/// What the writer does although nobody asks, while somebody always asks, and while it cannot be done.
@Suite struct WriterTimerTests {
    private let directory = TemporaryDirectory()

    private func open(_ change: (inout LocalEngineOptions) -> Void = { _ in }) throws -> LocalEngine {
        var options = LocalEngineOptions.testing()
        change(&options)
        return try LocalEngine.open(directory: directory.path + "/store", options: options)
    }

    /// Puts again as soon as it is answered, on the writer's thread: the queue is never empty.
    private final class BusyClient: Sendable {
        private let engine: LocalEngine
        private let isStopped = Atomic<Bool>(false)
        private let running = Monitor(0)

        init(_ engine: LocalEngine) { self.engine = engine }

        func start() {
            running.withLock { $0 += 1 }
            put()
        }

        private func put() {
            let put = Store.Operation.put(Put(key: [UInt8]("/busy"), value: []))
            engine.submit(Transaction(success: [put]), origin: Origin("test")) { [self] _ in
                if isStopped.load(ordering: .relaxed) {
                    running.broadcast { $0 -= 1 }
                } else {
                    self.put()
                }
            }
        }

        func stop() {
            isStopped.store(true, ordering: .relaxed)
            running.wait { $0 == 0 ? () : nil }
        }
    }

    @Test func leasesEndWhileThereIsAlwaysSomethingToWrite() async throws {
        let engine = try open()
        defer { engine.close() }
        let client = BusyClient(engine)
        let isLeased = Monitor<Bool?>(nil)
        // Both at once: on a busy machine seconds may pass between two lines.
        engine.grantLease(id: 7, ttlSeconds: 3) { _ in }
        let put = Store.Operation.put(Put(key: [UInt8]("/leased"), value: [], lease: 7))
        engine.submit(Transaction(success: [put]), origin: Origin("test")) { result in
            isLeased.broadcast { $0 = (try? result.get()) != nil }
        }
        #expect(isLeased.wait { $0 } == true)
        client.start()
        client.start()
        defer { client.stop() }
        #expect(try await holds(within: 60) { try engine.list("/leased").isEmpty }, "it does not end")
        #expect(engine.leases() == [])
    }

    /// A checkpoint that takes long, or waits for space, is not asked again and again whether it has ended.
    @Test func aBusyCheckpointLetsTheWriterSleep() async throws {
        let storage = HookStorage()
        let gate = TestGate()
        let engine = try open { $0.storage = storage }
        defer {
            gate.open()
            engine.close()
        }
        gate.shut()
        storage.change { $0.beforeCommit = { gate.pass() } }
        // Written forty seconds ago: due.
        storage.setClock(offsetSeconds: -40)
        try await engine.put("/a", "")
        storage.setClock(offsetSeconds: 0)
        try #require(gate.hasSomebody())
        // The next one is due, too, while the first is still at work.
        storage.setClock(offsetSeconds: -40)
        try await engine.put("/b", "")
        storage.setClock(offsetSeconds: 0)
        try await waitForSeal(log: directory.path + "/store/wal")
        let pending = engine.context.published.withLock { $0.generations[0] }
        let before = storage.clockReads
        try await Task.sleep(for: .seconds(1))
        #expect(storage.clockReads - before < 500)
        gate.open()
        // What was put off is done.
        let isDone = try await holds(within: 60) {
            engine.context.published.withLock { published in !published.generations.contains { $0 === pending } }
        }
        #expect(isDone)
    }

    @Test func theCheckpointIsLookedAtAgainASecondLater() {
        let second: Int64 = 1_000_000_000
        let state = WriterState(
            generation: Generation(), revision: 1, compactRevision: 0, stateHash: StateHash(),
            position: LogPosition(segment: 1, block: 0, sequence: 1, chain: 0), leases: LeaseTable())
        var timers = WriterTimers()
        #expect(timers.next(state) == nil && !timers.anyIsDue(state, .max))
        state.generation.startedNanoseconds = second
        #expect(timers.next(state) == 31 * second)
        #expect(timers.checkpointIsDue(state, 31 * second) && !timers.checkpointIsDue(state, 31 * second - 1))
        timers.checkpointIsBusy(40 * second)
        #expect(timers.next(state) == 41 * second)
        #expect(!timers.anyIsDue(state, 40 * second) && timers.anyIsDue(state, 41 * second))
    }

    // MARK: History at the quota

    /// Each giving-up costs a batch and a sync, and each write at the quota may ask for one.
    @Test func historyIsGivenUpInLargeSteps() async throws {
        let warnings = Monitor(0)
        let engine = try open { options in
            options.quotaBytes = 150_000
            options.retention = RetentionPolicy()
            options.log = { level, text in
                if level == .warning, text.contains("is given up") { warnings.withLock { $0 += 1 } }
            }
        }
        defer { engine.close() }
        // All of it is alive, so that no history given up makes room.
        let left = Monitor(1_700)
        for index in 0..<1_700 {
            let put = Put(key: [UInt8]("/k\(index)"), value: [UInt8](repeating: 0, count: 100))
            engine.submit(Transaction(success: [.put(put)]), origin: Origin("test")) { _ in
                left.broadcast { $0 -= 1 }
            }
        }
        left.wait { $0 == 0 ? () : nil }
        // All may have been one batch, in which the quota is not yet known to be reached.
        await #expect(throws: StoreError.self) {
            try await engine.put("/more", String(repeating: "x", count: 1_000))
        }
        #expect(engine.space.shortage == .quota)
        let before = warnings.withLock { $0 }
        let revision = engine.currentRevision
        let step = Store.Operation.put(Put(key: [UInt8]("/k0"), value: []))
        for _ in 0..<150 {
            _ = try await engine.transact(Transaction(success: [step], isRelease: true), origin: Origin("test"))
        }
        #expect(engine.currentRevision == revision + 150)
        #expect(warnings.withLock { $0 } - before <= 3)
    }

    // MARK: A disk that stalls

    /// A slow sync on a caller's thread is not followed by another one at once.
    @Test func afterAStallCallersWaitForManyQuickSyncs() throws {
        let storage = HookStorage()
        let engine = try open { options in
            options.storage = storage
            options.quickSyncNanoseconds = 60_000_000_000
        }
        defer { engine.close() }
        var isHere = false
        for _ in 0..<1_000 where !isHere { isHere = try putHere(engine) }
        try #require(isHere, "no caller ever writes")
        let hasStalled = Monitor(false)
        storage.change { hooks in
            hooks.beforeSync = { [weak storage] _ in
                let isFirst = hasStalled.withLock { hasStalled in
                    defer { hasStalled = true }
                    return !hasStalled
                }
                if isFirst { storage?.advance(seconds: 100) }
            }
        }
        _ = try putHere(engine)
        // Each may bring a seal with it, which is a sync, too.
        for _ in 0..<20 { #expect(try !putHere(engine)) }
        isHere = false
        for _ in 0..<1_000 where !isHere { isHere = try putHere(engine) }
        #expect(isHere, "no caller writes again")
    }

    /// Whether the answer came on this thread.
    private func putHere(_ engine: LocalEngine) throws -> Bool {
        let caller = pthread_self()
        let outcome = Monitor<(result: Result<TransactionResult, StoreError>, isHere: Bool)?>(nil)
        let put = Store.Operation.put(Put(key: [UInt8]("/a"), value: []))
        engine.submit(Transaction(success: [put]), origin: Origin("test"), onCallersThread: true) { result in
            let isHere = pthread_equal(pthread_self(), caller) != 0
            outcome.broadcast { $0 = (result, isHere) }
        }
        let answer = try #require(outcome.wait { $0 })
        _ = try answer.result.get()
        return answer.isHere
    }
}
