import Glibc
import TestSupport
import Testing

@testable import Store

/// Damage to the checkpoint's file: with a full validation never a wrong answer and never a crash, always the same
/// contents again, built from a snapshot or from the log.
@Suite struct CheckpointDamageTests {
    private final class Subject: Sendable {
        let directory = TemporaryDirectory()
        let contents: [KeyValue]
        let old: [KeyValue]
        let image: [UInt8]

        init(withSnapshots: Bool) async throws {
            let store = directory.path + "/store"
            var options = LocalEngineOptions.testing()
            options.segmentBytes = 262_144
            options.snapshotLogBytes = withSnapshots ? 262_144 : .max
            let engine = try LocalEngine.open(directory: store, options: options)
            for index in 0..<300 {
                let value = String(repeating: "v\(index)", count: index % 20 == 0 ? 1_500 : 30)
                try await engine.put("/key/\(index % 90)", value)
                if withSnapshots, index % 130 == 129 {
                    try engine.flush()
                    engine.waitForSnapshot()
                }
                if index % 11 == 0 { try await engine.delete("/key/\(index % 50)") }
            }
            contents = try engine.range(RangeRequest(.from([]))).rows
            old = try engine.range(RangeRequest(.from([]), revision: 200)).rows
            engine.close()
            image = readFile(store + "/lmdb/data.mdb")
        }

        /// nil if everything is as it was.
        func verdict(_ damaged: [UInt8]) throws -> String? {
            let place = directory.path + "/case"
            removeTree(place)
            copyTree(directory.path + "/store", to: place)
            writeFile(place + "/lmdb/data.mdb", damaged)
            var options = LocalEngineOptions.testing()
            options.verifiesFully = true
            let engine = try LocalEngine.open(directory: place, options: options)
            defer { engine.close() }
            if try engine.range(RangeRequest(.from([]))).rows != contents { return "other contents" }
            return try engine.range(RangeRequest(.from([]), revision: 200)).rows == old ? nil : "other history"
        }
    }

    @Test(arguments: [false, true])
    func pagesZeroedSwappedAndCutOff(withSnapshots: Bool) async throws {
        let subject = try await Subject(withSnapshots: withSnapshots)
        let snapshots = names(in: subject.directory.path + "/store/snapshots")
        #expect(snapshots.isEmpty != withSnapshots)
        let pages = subject.image.count / 4_096
        for page in 0..<pages where page % 3 == 0 || page < 4 || TestForm.isLong {
            let (start, end) = (page * 4_096, (page + 1) * 4_096)
            var damaged = subject.image
            damaged.replaceSubrange(start..<end, with: [UInt8](repeating: 0, count: 4_096))
            let zeroed = try subject.verdict(damaged)
            #expect(zeroed == nil, "page \(page) zeroed")
            damaged = subject.image
            let other = (page + 7) % pages * 4_096
            damaged.replaceSubrange(start..<end, with: subject.image[other..<other + 4_096])
            let replaced = try subject.verdict(damaged)
            #expect(replaced == nil, "page \(page) replaced")
            let cut = try subject.verdict(Array(subject.image[..<start]))
            #expect(cut == nil, "cut at page \(page)")
        }
    }

    @Test func flippedBits() async throws {
        let subject = try await Subject(withSnapshots: false)
        let seed = TestSeed.value(7)
        print("CheckpointDamageTests seed \(seed)")
        var random = SeededRandom(seed: seed)
        for _ in 0..<(TestForm.isLong ? 10_000 : 120) {
            let (byte, bit) = (random.below(subject.image.count), random.below(8))
            var damaged = subject.image
            damaged[byte] ^= 1 << bit
            let verdict = try subject.verdict(damaged)
            #expect(verdict == nil, "seed \(seed) byte \(byte) bit \(bit)")
        }
    }
}
