import Glibc
import Testing

@testable import Store

@Suite struct ScrubTests {
    private let directory = TemporaryDirectory()

    private func fill(_ engine: LocalEngine) async throws {
        for index in 0..<200 { try await engine.put("/k\(index % 50)", String(repeating: "v", count: 300)) }
        try await engine.delete("/k1")
        try engine.flush()
    }

    @Test func aPassReadsEverythingAndWritesNothing() async throws {
        let storage = FaultStorage(failing: 0)
        var options = LocalEngineOptions.testing()
        options.storage = storage
        let engine = try LocalEngine.open(directory: directory.path + "/store", options: options)
        defer { engine.close() }
        try await fill(engine)
        // The seal, and its sync, which is counted behind the write.
        try await waitForSeal(log: directory.path + "/store/wal")
        try await Task.sleep(for: .milliseconds(500))
        let calls = storage.callCount
        #expect(engine.scrub == ScrubStatus())
        engine.scrubNow()
        #expect(engine.scrub.passes == 1)
        // Every revision once in the history, every key once in the latest.
        #expect(engine.scrub.records == 201 + 50)
        #expect(engine.scrub.bytes > 200 * 300)
        #expect(engine.scrub.finishedNanoseconds > 0)
        #expect(storage.callCount == calls)
    }

    /// A flipped bit in a value that nobody reads.
    @Test func damageIsFoundAndTheNextStartRebuilds() async throws {
        let path = directory.path + "/store"
        let fatal = FatalCounter()
        var engine = try LocalEngine.open(directory: path, options: .testing(onFatal: { _ in fatal.add() }))
        try await fill(engine)
        let wanted = try engine.list("/k")
        let file = open(path + "/lmdb/data.mdb", O_RDWR)
        let bytes = readFile(path + "/lmdb/data.mdb")
        var flipped = 0
        for offset in stride(from: 0, to: bytes.count - 8, by: 1)
        where bytes[offset..<offset + 8] == ArraySlice("vvvvvvvv".utf8) {
            if offset % 4_096 == 0 { continue }
            var byte: UInt8 = 0x77
            pwrite(file, &byte, 1, off_t(offset))
            flipped += 1
            if flipped == 20_000 { break }
        }
        close(file)
        #expect(flipped > 0)
        engine.scrubNow()
        #expect(fatal.value == 1)
        engine.close()
        engine = try LocalEngine.open(directory: path, options: .testing())
        defer { engine.close() }
        #expect(try engine.list("/k") == wanted)
    }
}
