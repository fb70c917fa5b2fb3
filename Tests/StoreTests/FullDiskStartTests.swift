import Testing

@testable import Store

/// A start that finds the disk full: what the checkpoint cannot take stays in the tail.
@Suite struct FullDiskStartTests {
    private static let puts = 220
    private let directory = TemporaryDirectory()
    private let storage = GatedStorage()

    private func open(reserveBytes: Int64, _ fatal: FatalCounter) throws -> LocalEngine {
        var options = LocalEngineOptions.testing(onFatal: { _ in fatal.add() })
        options.storage = storage
        options.segmentBytes = 2_097_152
        options.reserveBytes = reserveBytes
        return try LocalEngine.open(directory: directory.path + "/store", options: options)
    }

    /// 13 MB of log that no checkpoint covers. Returns the live bytes.
    private func fill(_ fatal: FatalCounter) throws -> Int64 {
        let engine = try open(reserveBytes: 0, fatal)
        defer { engine.close() }
        storage.refuseGrowth(after: 0)
        for number in 0..<Self.puts { try engine.write(.puts(number..<number + 1, "/k", valueBytes: 60_000)) }
        return engine.space.liveBytes
    }

    /// - Parameter growths: how much of the tail the checkpoint can take over before it finds the disk full.
    @Test(arguments: [0, 3])
    func theStoreOpensReadsAndRefusesGrowth(growths: Int) throws {
        let fatal = FatalCounter()
        let live = try fill(fatal)
        storage.fill(growths: growths)
        var engine = try open(reserveBytes: 33_554_432, fatal)
        #expect(engine.space.liveBytes == live)
        #expect(try engine.list("/k").count == Self.puts)
        let error = #expect(throws: StoreError.self) { try engine.write(.puts(0..<1, "/more", valueBytes: 1)) }
        #expect(error?.code == .noSpace)

        storage.empty()
        let deadline = PosixStorage().monotonicNanoseconds + 60_000_000_000
        while (try? engine.write(.puts(0..<1, "/more", valueBytes: 1))) == nil {
            try #require(PosixStorage().monotonicNanoseconds < deadline, "growth is still refused")
        }
        try engine.flush()
        #expect(try engine.list("/k").count == Self.puts)
        engine.close()
        engine = try open(reserveBytes: 0, fatal)
        defer { engine.close() }
        #expect(engine.space.liveBytes == live + 12)
        #expect(try engine.list("/").count == Self.puts + 1)
        #expect(fatal.value == 0)
    }
}
