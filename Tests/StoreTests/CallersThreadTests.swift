import Dispatch
import Glibc
import Testing

@testable import Store

/// Writes on the threads of callers, who take turns with the writer's thread.
@Suite struct CallersThreadTests {
    private let directory = TemporaryDirectory()

    private func open(quickSyncNanoseconds: Int64) throws -> LocalEngine {
        var options = LocalEngineOptions.testing()
        options.quickSyncNanoseconds = quickSyncNanoseconds
        return try LocalEngine.open(directory: directory.path + "/store", options: options)
    }

    /// Waits for the outcome. `isHere`: the answer came on this thread.
    @discardableResult
    private func put(_ engine: LocalEngine, _ key: String) throws -> (revision: Int64, isHere: Bool) {
        let caller = pthread_self()
        let outcome = Monitor<(result: Result<TransactionResult, StoreError>, isHere: Bool)?>(nil)
        let put = Operation.put(Put(key: [UInt8](key), value: [UInt8](key)))
        engine.submit(Transaction(success: [put]), origin: Origin("test"), onCallersThread: true) { result in
            let isHere = pthread_equal(pthread_self(), caller) != 0
            outcome.broadcast { $0 = (result, isHere) }
        }
        let answer = try #require(outcome.wait { $0 })
        return (try answer.result.get().revision, answer.isHere)
    }

    /// The writer's thread gives its turn back a moment after it has answered.
    private func putHere(_ engine: LocalEngine, _ key: String) throws -> Bool {
        for _ in 0..<1_000 where try put(engine, key).isHere { return true }
        return false
    }

    @Test func aCallerWhoIsAloneWritesOnItsOwnThread() throws {
        let engine = try open(quickSyncNanoseconds: .max)
        // Syncs are measured first, many of them.
        #expect(try !put(engine, "/first").isHere)
        #expect(try putHere(engine, "/second"))
        engine.close()
        #expect(throws: StoreError.self) { try put(engine, "/third") }
        let reopened = try open(quickSyncNanoseconds: .max)
        defer { reopened.close() }
        #expect(try reopened.list("/") == ["/first=/first", "/second=/second"])
    }

    @Test func onASlowDiskNobodyWaitsForIt() throws {
        let engine = try open(quickSyncNanoseconds: 0)
        defer { engine.close() }
        for index in 0..<50 { #expect(try !put(engine, "/\(index)").isHere) }
    }

    @Test func onlyShortTransactionsAreWrittenThere() {
        let key = KeyRange.key([UInt8]("/a"))
        let put = Operation.put(Put(key: [UInt8]("/a"), value: [UInt8](repeating: 0, count: 40_000)))
        let compare = Compare(key, .equal, .version(0))
        #expect(Transaction(compares: [compare], success: [put], failure: [.range(RangeRequest(key))]).isBrief)
        #expect(Transaction(success: [.delete(Delete(key))]).isBrief)
        #expect(!Transaction(success: [.delete(Delete(.prefix([UInt8]("/"))))]).isBrief)
        #expect(!Transaction(success: [put], failure: [.range(RangeRequest(.from([])))]).isBrief)
        #expect(!Transaction(compares: [Compare(.from([]), .equal, .version(0))], success: [put]).isBrief)
        #expect(!Transaction(success: [.transaction(Transaction(success: [put]))]).isBrief)
        #expect(!Transaction(success: [put, put]).isBrief)
    }

    @Test func everyRevisionIsGivenOnceWhoeverWrites() throws {
        let engine = try open(quickSyncNanoseconds: .max)
        let revisions = Monitor<[Int64]>([])
        let own = Monitor(0)
        DispatchQueue.concurrentPerform(iterations: 8) { thread in
            for index in 0..<150 {
                let put = Operation.put(Put(key: [UInt8]("/\(thread)/\(index % 10)"), value: [UInt8]("\(index)")))
                let done = Monitor<Int64?>(nil)
                engine.submit(
                    Transaction(success: [put]), origin: Origin("test"), onCallersThread: (thread + index) % 2 == 0
                ) { result in
                    done.broadcast { $0 = (try? result.get().revision) ?? 0 }
                }
                if done.withLock({ $0 != nil }) { own.withLock { $0 += 1 } }
                let revision = done.wait { $0 } ?? 0
                revisions.withLock { $0.append(revision) }
            }
        }
        #expect(revisions.withLock { $0.sorted() } == (2...1_201).map { Int64($0) })
        #expect(engine.currentRevision == 1_201)
        #expect(own.withLock { $0 } > 0, "no thread ever had the turn")
        engine.close()
        let reopened = try open(quickSyncNanoseconds: .max)
        defer { reopened.close() }
        #expect(reopened.currentRevision == 1_201)
        for thread in 0..<8 {
            #expect(try reopened.list("/\(thread)/") == (0..<10).map { "/\(thread)/\($0)=\(140 + $0)" })
        }
    }

    /// The writer's thread sleeps while others write, but not past what falls due behind their writes.
    @Test func leasesEndWhileCallersWrite() throws {
        let engine = try open(quickSyncNanoseconds: .max)
        defer { engine.close() }
        engine.grantLease(id: 7, ttlSeconds: 1) { _ in }
        let leased = Operation.put(Put(key: [UInt8]("/leased"), value: [], lease: 7))
        engine.submit(Transaction(success: [leased]), origin: Origin("test")) { _ in }
        try put(engine, "/busy")
        let deadline = DispatchTime.now() + .seconds(30)
        // Nothing of this asks the writer's thread.
        while try engine.currentRevision == 3 || !engine.list("/leased").isEmpty {
            try #require(DispatchTime.now() < deadline, "the lease does not end")
            try put(engine, "/busy")
        }
    }

    /// An empty batch behind the last write proves, 50 ms later, that it was durable. The writer's thread would sleep for
    /// 30 s, to the next checkpoint, when the caller writes.
    @Test func theWritersThreadSealsWhatACallerWrote() throws {
        let engine = try open(quickSyncNanoseconds: .max)
        defer { engine.close() }
        try put(engine, "/first")
        try waitForSeal()
        #expect(try putHere(engine, "/second"))
        try waitForSeal()
    }

    private func waitForSeal() throws {
        let deadline = DispatchTime.now() + .seconds(20)
        while try !lastBatchIsEmpty() {
            try #require(DispatchTime.now() < deadline, "the batch is not sealed")
        }
    }

    private func lastBatchIsEmpty() throws -> Bool {
        let image = try PosixStorage().readFromDisk(directory.path + "/store/wal/0000000000000001.wal")
        defer { keepAlive(image) }
        var last: UInt32?
        for offset in stride(from: 0, to: image.count, by: BlockHeader.size) {
            // Records in the batch, at byte 76 of the block.
            let magic: UInt32 = image.bytes.number(offset)
            if magic != 0 { last = image.bytes.number(offset + 76) }
        }
        return last == 0
    }
}
