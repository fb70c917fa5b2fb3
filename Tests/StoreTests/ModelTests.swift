import Glibc
import TestSupport
import Testing

@testable import Store

/// The engine against a dictionary with history: random operations, reads at random revisions, compactions, reopens.
@Suite struct ModelTests {
    @Test(arguments: [1, 2, 3, 4])
    func randomOperationsAgreeWithTheModel(run: UInt64) async throws {
        let seed = TestSeed.value(run)
        print("ModelTests seed \(seed)")
        try await ModelRun(seed: seed, operations: 1_500, segmentBytes: 1_048_576).run()
    }

    @Test func smallSegmentsAndManyReopens() async throws {
        let seed = TestSeed.value(99)
        print("ModelTests seed \(seed)")
        try await ModelRun(seed: seed, operations: 600, segmentBytes: 65_536, reopenEvery: 40).run()
    }
}

/// One random run.
final class ModelRun {
    private let directory = TemporaryDirectory()
    private var random: SeededRandom
    private let operations: Int
    private let reopenEvery: Int
    private let options: LocalEngineOptions
    private var model = StoreModel()
    private var engine: LocalEngine
    private var copies = 0
    private let seed: UInt64

    init(seed: UInt64, operations: Int, segmentBytes: Int, reopenEvery: Int = 200) throws {
        self.seed = seed
        self.operations = operations
        self.reopenEvery = reopenEvery
        random = SeededRandom(seed: seed)
        var options = LocalEngineOptions.testing()
        options.segmentBytes = segmentBytes
        self.options = options
        engine = try LocalEngine.open(directory: directory.path + "/store", options: options)
    }

    func run() async throws {
        for step in 0..<operations {
            try await write()
            if step % 3 == 0 { try read() }
            if random.below(100) == 0 { try await compact() }
            if random.below(reopenEvery) == 0 { try reopen() }
        }
        try reopen()
        try checkEverything()
        engine.close()
    }

    private func key() -> [UInt8] { [UInt8]("/k/\(random.below(30))") }

    private func range() -> KeyRange {
        switch random.below(4) {
        case 0: return .key(key())
        case 1: return .prefix([UInt8]("/k/\(random.below(4))"))
        case 2: return .from(key())
        default:
            let (a, b) = (key(), key())
            return a.lexicographicallyPrecedes(b) ? .interval(start: a, end: b) : .interval(start: b, end: a)
        }
    }

    private func value() -> [UInt8] {
        let length = random.below(10) == 0 ? random.below(9_000) : random.below(60)
        return (0..<length).map { _ in UInt8(truncatingIfNeeded: random.below(256)) }
    }

    private func operation() -> Operation {
        switch random.below(6) {
        case 0: return .delete(Delete(random.below(5) == 0 ? range() : .key(key()), returnsPrevious: true))
        case 1: return .range(RangeRequest(range()))
        default: return .put(Put(key: key(), value: value(), returnsPrevious: random.below(2) == 0))
        }
    }

    private func transaction() -> Transaction {
        var compares: [Compare] = []
        if random.below(3) == 0 {
            let key = key()
            let revision = model.newest(key)?.modRevision ?? 0
            compares.append(
                Compare(.key(key), .equal, .modRevision(random.below(2) == 0 ? revision : revision + 1)))
        }
        return Transaction(
            compares: compares, success: (0...random.below(3)).map { _ in operation() },
            failure: (0..<random.below(2)).map { _ in operation() })
    }

    private func write() async throws {
        let transaction = transaction()
        let expected = model.execute(transaction)
        let result: Result<TransactionResult, StoreError>
        do throws(StoreError) {
            result = .success(try await engine.transact(transaction, origin: Origin("model")))
        } catch {
            result = .failure(error)
        }
        switch (expected, result) {
        case (.success(let wanted), .success(let got)): #expect(wanted == got, "seed \(seed)")
        case (.failure(let wanted), .failure(let got)): #expect(wanted.code == got.code, "seed \(seed)")
        default: Issue.record("seed \(seed): \(transaction): expected \(expected), got \(result)")
        }
    }

    private func read() throws {
        let revision = random.below(4) == 0 ? 0 : Int64(random.below(Int(model.revision) + 3))
        var request = RangeRequest(range(), revision: revision, limit: random.below(3) == 0 ? 1 + random.below(5) : 0)
        request.keysOnly = random.below(5) == 0
        request.countOnly = random.below(8) == 0
        if random.below(4) == 0 { request.sortTarget = .modRevision }
        if random.below(4) == 0 { request.sortOrder = .descending }
        if random.below(6) == 0 { request.minModRevision = revision / 2 }
        let expected = model.range(request)
        do {
            #expect(try engine.range(request) == expected.get(), "seed \(seed) \(request)")
        } catch let error as StoreError {
            if case .failure(let wanted) = expected { #expect(error.code == wanted.code) } else { throw error }
        }
    }

    private func compact() async throws {
        let target = Int64(random.below(Int(model.revision) + 2))
        let expected = model.compact(target)
        let engine = engine
        let result = await withCheckedContinuation { done in
            engine.compact(to: target) { done.resume(returning: $0) }
        }
        switch result {
        case .success: #expect(expected == nil, "seed \(seed)")
        case .failure(let error): #expect(expected == error.code, "seed \(seed)")
        }
    }

    /// Cleanly, or as a crash would leave the files.
    private func reopen() throws {
        if random.below(2) == 0 {
            engine.close()
            engine = try LocalEngine.open(directory: directory.path + "/store", options: options)
        } else {
            copies += 1
            // A copy takes time, a crash does not: nothing may move meanwhile.
            engine.waitForRemoval()
            engine.waitForSnapshot()
            copyTree(directory.path + "/store", to: directory.path + "/copy\(copies)")
            engine.close()
            removeTree(directory.path + "/store")
            rename(directory.path + "/copy\(copies)", directory.path + "/store")
            engine = try LocalEngine.open(directory: directory.path + "/store", options: options)
        }
        #expect(engine.currentRevision == model.revision, "seed \(seed)")
    }

    private func checkEverything() throws {
        for revision in max(1, model.compacted)...model.revision {
            let request = RangeRequest(.from([]), revision: revision)
            #expect(try engine.range(request) == model.range(request).get(), "seed \(seed) at \(revision)")
        }
    }
}
