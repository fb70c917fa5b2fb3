import TestSupport
import Testing

@testable import Store

/// The checkpoint's file under steady load stays within three times the live data (key and value bytes of all revisions
/// that are not compacted), and as much as one tail more.
@Suite struct FileSizeTests {
    private static let keys = 1_000
    private static let kept: Int64 = 10_000
    private let directory = TemporaryDirectory()

    /// Overwrites, and compacts all but the newest 10,000 revisions again and again.
    @Test(arguments: [64, 256, 1_024])
    func theFileStaysWithinThreeTimesTheLiveData(valueBytes: Int) throws {
        let engine = try LocalEngine.open(directory: directory.path + "/store", options: .testing())
        defer { engine.close() }
        var random = SeededRandom(seed: TestSeed.value(UInt64(valueBytes)))
        for round in 0..<40 {
            try write(1_000, valueBytes, to: engine, &random)
            let target = engine.currentRevision - Self.kept
            if target > 0 { try compact(engine, to: target) }
            // Steady: what was compacted goes meanwhile.
            engine.waitForRemoval()
            if round % 8 == 7 { try check(engine, "round \(round)") }
        }
    }

    private func check(_ engine: LocalEngine, _ place: String) throws {
        try engine.flush()
        engine.waitForRemoval()
        let file = try #require(try? PosixStorage().fileBytes(directory.path + "/store/lmdb/data.mdb"))
        let live = engine.space.liveBytes
        print("\(place): \(file) bytes in the file, \(live) live")
        #expect(file <= 3 * live + 8_388_608, "\(place)")
    }

    private func write(_ count: Int, _ bytes: Int, to engine: LocalEngine, _ random: inout SeededRandom) throws {
        let left = Monitor(count)
        for _ in 0..<count {
            let key = Array("/registry/pods/default/pod-\(random.below(Self.keys))".utf8)
            let put = Put(key: key, value: [UInt8](repeating: 7, count: bytes))
            engine.submit(Transaction(success: [.put(put)]), origin: Origin("test")) { _ in
                left.broadcast { $0 -= 1 }
            }
        }
        left.wait { $0 == 0 ? () : nil }
    }

    private func compact(_ engine: LocalEngine, to revision: Int64) throws {
        let answer = Monitor<Result<Int64, StoreError>?>(nil)
        engine.compact(to: revision) { result in answer.broadcast { $0 = result } }
        _ = try #require(answer.wait { $0 }).get()
    }
}
