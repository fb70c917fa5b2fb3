import Glibc
import TestSupport
import Testing

@testable import Store

/// A million random operations against a model: transactions in flight together, reads at random revisions,
/// compactions, clean stops, crashes and failing I/O. On in-memory files, for the disk is not what is tested here;
/// `BERTH_TEST_LONG=1` takes real files, and `BERTH_TEST_OPERATIONS` another number.
@Suite struct MillionOperationsTests {
    @Test(arguments: [1, 2, 3, 4])
    func theEngineAgreesWithTheModel(run: UInt64) throws {
        let seed = TestSeed.value(run)
        let all = getenv("BERTH_TEST_OPERATIONS").flatMap { Int(String(cString: $0)) } ?? 1_000_000
        print("MillionOperationsTests seed \(seed)")
        var life = LongLife(seed: seed, operations: all / 4)
        try life.run()
    }
}

private struct LongLife {
    private static let keys = 300
    private static let together = 64

    private let directory: TemporaryDirectory
    private let seed: UInt64
    private let operations: Int
    private var random: SeededRandom
    private var model = IntegerModel(keys: keys)
    private var done = 0
    private var nextValue = 0
    private var restarts = 0

    init(seed: UInt64, operations: Int) {
        directory = TestForm.isLong ? TemporaryDirectory() : TemporaryDirectory(in: "/dev/shm")
        self.seed = seed
        self.operations = operations
        random = SeededRandom(seed: seed)
    }

    private var path: String { directory.path + "/store" }

    private func open(failing: Int = 0) throws(StoreError) -> LocalEngine {
        var options = LocalEngineOptions.testing()
        options.ephemeral = !TestForm.isLong
        options.segmentBytes = 1_048_576
        options.snapshotLogBytes = 4_194_304
        if failing > 0 { options.storage = FaultStorage(failing: failing) }
        return try LocalEngine.open(directory: path, options: options)
    }

    mutating func run() throws {
        var engine = try open()
        while done < operations {
            var isWhole = write(engine)
            if isWhole { isWhole = try unlessStopped { life throws(StoreError) in try life.read(engine) } }
            if isWhole, random.below(10) == 0 { isWhole = compact(engine) }
            if !isWhole || random.below(8) == 0 { engine = try restart(engine, isWhole: isWhole) }
        }
        _ = try unlessStopped { life throws(StoreError) in try life.compare(engine) }
        engine.close()
        hasFault = false
        engine = try open()
        try compare(engine)
        engine.close()
        print("seed \(seed): \(done) operations, revision \(model.revision), \(restarts) restarts")
    }

    // MARK: Writing

    private mutating func range() -> Range<Int> {
        let start = random.below(Self.keys)
        if random.below(2) == 0 { return start..<start + 1 }
        return start..<min(Self.keys, start + 1 + random.below(20))
    }

    private mutating func step() -> IntegerModel.Step {
        done += 1
        switch random.below(8) {
        case 0: return .delete(range(), previous: random.below(4) == 0)
        case 1: return .range(range(), limit: random.below(3) == 0 ? 1 + random.below(4) : 0)
        default:
            nextValue += 1
            return .put(key: random.below(Self.keys), value: nextValue, previous: random.below(4) == 0)
        }
    }

    private mutating func script() -> IntegerModel.Script {
        var script = IntegerModel.Script(
            key: nil, success: (0...random.below(16)).map { _ in step() },
            failure: (0..<random.below(3)).map { _ in step() })
        if random.below(3) == 0 {
            let key = random.below(Self.keys)
            script.key = key
            script.revision = (model.newest(key)?.revision ?? 0) + (random.below(4) == 0 ? 1 : 0)
        }
        return script
    }

    /// Submits some transactions at once. False if the store has stopped.
    private mutating func write(_ engine: LocalEngine) -> Bool {
        let results = Monitor<[Result<TransactionResult, StoreError>?]>(Array(repeating: nil, count: Self.together))
        let left = Monitor(Self.together)
        var scripts: [IntegerModel.Script] = []
        var expected: [[Int]?] = []
        for index in 0..<Self.together {
            let script = script()
            scripts.append(script)
            expected.append(model.execute(script))
            let isHere = random.below(4) == 0
            engine.submit(
                IntegerCoding.transaction(script), origin: Origin("model"), onCallersThread: isHere
            ) { result in
                results.withLock { $0[index] = result }
                left.broadcast { $0 -= 1 }
            }
        }
        left.wait { $0 == 0 ? () : nil }
        var isWhole = true
        for (index, result) in results.withLock({ $0 }).enumerated() {
            switch result {
            case .success(let answer):
                #expect(isWhole && expected[index] == IntegerCoding.answer(answer, scripts[index]), "seed \(seed)")
                acknowledged = Int(answer.revision)
            case .failure(let error) where error.code == .duplicateKey:
                #expect(expected[index] == nil, "seed \(seed)")
            case .failure(let error):
                #expect([.indeterminate, .unavailable, .noSpace, .io].contains(error.code), "seed \(seed): \(error)")
                isWhole = false
            case nil: Issue.record("seed \(seed): no answer")
            }
        }
        return isWhole
    }

    private var acknowledged = 1

    // MARK: Reading

    /// An I/O call of the checkpoint's that is to fail fails whenever it comes, also between a write and the read after
    /// it. False if that has happened.
    private var hasFault = false

    private mutating func unlessStopped(_ body: (inout LongLife) throws(StoreError) -> Void) throws -> Bool {
        do throws(StoreError) {
            try body(&self)
            return true
        } catch {
            guard hasFault, error.code == .unavailable else { throw error }
            return false
        }
    }

    private mutating func read(_ engine: LocalEngine) throws(StoreError) {
        for _ in 0..<16 {
            done += 1
            let range = range()
            let asked = random.below(4) == 0 ? 0 : model.revision - random.below(min(model.revision, 400))
            let limit = random.below(3) == 0 ? 1 + random.below(5) : 0
            do throws(StoreError) {
                let request = RangeRequest(IntegerCoding.range(range), revision: Int64(asked), limit: limit)
                let answer = IntegerCoding.answer(try engine.range(request))
                let expected = model.read(
                    range, limit: limit, at: asked == 0 ? .max : asked, current: model.revision)
                #expect(answer == expected, "seed \(seed) \(range) at \(asked)")
                #expect(asked == 0 || asked >= model.compacted, "seed \(seed)")
            } catch {
                guard error.code == .compacted else { throw error }
                #expect(asked < model.compacted, "seed \(seed)")
            }
        }
    }

    /// False: it failed, and whether it is in the log nobody knows.
    private mutating func compact(_ engine: LocalEngine) -> Bool {
        let target = model.revision - random.below(min(model.revision, 300))
        if target <= model.compacted { return true }
        let answer = Monitor<Result<Int64, StoreError>?>(nil)
        engine.compact(to: Int64(target)) { result in answer.broadcast { $0 = result } }
        guard case .success = answer.wait({ $0 }) else { return false }
        model.compact(target)
        model.forgetCompacted()
        return true
    }

    private func compare(_ engine: LocalEngine) throws(StoreError) {
        for revision in [model.revision, max(model.compacted, 1), (model.compacted + model.revision) / 2] {
            let request = RangeRequest(IntegerCoding.range(0..<Self.keys), revision: Int64(revision))
            let answer = IntegerCoding.answer(try engine.range(request))
            let expected = model.read(0..<Self.keys, limit: 0, at: revision, current: model.revision)
            #expect(answer == expected, "seed \(seed) at \(revision)")
        }
    }

    // MARK: Stops

    /// Cleanly, as a crash leaves the files, or with an I/O call that will fail.
    private mutating func restart(_ engine: LocalEngine, isWhole: Bool) throws -> LocalEngine {
        restarts += 1
        if random.below(3) == 0 {
            // A copy takes time, a crash does not: nothing may move meanwhile.
            engine.waitForRemoval()
            engine.waitForSnapshot()
            copyTree(path, to: directory.path + "/crashed")
            engine.close()
            removeTree(path)
            rename(directory.path + "/crashed", path)
        } else {
            engine.close()
        }
        if random.below(2) == 0, let failing = try? open(failing: 1 + random.below(400)) {
            hasFault = true
            if try adopt(failing) { return failing }
            failing.close()
        }
        hasFault = false
        let engine = try open()
        #expect(try adopt(engine), "seed \(seed)")
        return engine
    }

    /// Everything acknowledged is there; of the rest, what was written before the failure.
    private mutating func adopt(_ engine: LocalEngine) throws -> Bool {
        let revision = Int(engine.currentRevision)
        #expect(revision >= acknowledged && revision <= model.revision, "seed \(seed): \(revision), \(acknowledged)")
        model.rollBack(to: revision, compacted: Int(engine.compactRevision))
        return try unlessStopped { life throws(StoreError) in try life.compare(engine) }
    }
}
