import Glibc
import Store
import Testing

/// Damage to the log, everywhere: whatever is done to its files, a start gives every acknowledged write or names the
/// place that is damaged.
@Suite struct LogSweepTests {
    /// A small store with three segments, all of it only in the log, sealed, as a crash leaves it.
    private final class Subject: Sendable {
        let directory = TemporaryDirectory()
        let contents: [String]
        let revision: Int64
        let segments: [String]

        init() async throws {
            var options = LocalEngineOptions.testing()
            options.segmentBytes = 32_768
            let store = directory.path + "/store"
            let engine = try LocalEngine.open(directory: store, options: options)
            for index in 0..<18 {
                try await engine.put("/k\(index % 5)", String(repeating: "v\(index)", count: 10 + index % 3 * 900))
            }
            contents = try engine.list("/")
            revision = engine.currentRevision
            try await waitForSeal(log: store + "/wal")
            copyTree(store, to: directory.path + "/crashed")
            engine.close()
            segments = names(in: directory.path + "/crashed/wal")
        }

        func image(_ segment: String) -> [UInt8] { readFile(directory.path + "/crashed/wal/" + segment) }

        /// nil if the damage was refused with a place; a description if something is wrong.
        func verdict(_ segment: String, _ bytes: [UInt8]?) throws -> String? {
            let place = directory.path + "/case"
            removeTree(place)
            copyTree(directory.path + "/crashed", to: place)
            let path = place + "/wal/" + segment
            if let bytes { writeFile(path, bytes) } else { unlink(path) }
            do {
                let engine = try LocalEngine.open(directory: place, options: .testing())
                defer { engine.close() }
                if engine.currentRevision != revision { return "revision \(engine.currentRevision)" }
                let found = try engine.list("/")
                return found == contents ? nil : "other contents"
            } catch let error as StoreError {
                if error.code == .corrupt, error.message.contains(".wal") { return nil }
                return "\(error)"
            }
        }
    }

    @Test func everySectorZeroedOrGarbled() async throws {
        let subject = try await Subject()
        #expect(subject.segments.count >= 3)
        for segment in subject.segments {
            let image = subject.image(segment)
            for start in stride(from: 0, to: image.count, by: 512) {
                for filler in [UInt8(0), 0xa5] {
                    var damaged = image
                    for index in start..<start + 512 { damaged[index] = filler }
                    if damaged == image { continue }
                    let verdict = try subject.verdict(segment, damaged)
                    #expect(verdict == nil, "\(segment) sector \(start / 512) filled with \(filler)")
                }
            }
        }
    }

    @Test func truncatedSwappedAndMissing() async throws {
        let subject = try await Subject()
        for segment in subject.segments {
            let image = subject.image(segment)
            for length in stride(from: 0, to: image.count, by: 1_021) {
                let verdict = try subject.verdict(segment, Array(image[..<length]))
                #expect(verdict == nil, "\(segment) truncated to \(length)")
            }
            for block in stride(from: 0, to: image.count - 4_096, by: 4_096) {
                var damaged = image
                for index in 0..<4_096 { damaged.swapAt(block + index, block + 4_096 + index) }
                let swapped = try subject.verdict(segment, damaged)
                #expect(swapped == nil, "\(segment): blocks at \(block) swapped")
                damaged = image
                for index in 0..<4_096 { damaged[block + 4_096 + index] = image[block + index] }
                let doubled = try subject.verdict(segment, damaged)
                #expect(doubled == nil, "\(segment): block at \(block) doubled")
            }
            if segment != subject.segments.last {
                let missing = try subject.verdict(segment, nil)
                #expect(missing == nil, "\(segment) missing")
            }
        }
    }
}
