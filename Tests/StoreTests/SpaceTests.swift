import Testing

@testable import Store

/// Quota and full disks: growth is refused, everything else goes on, and it ends by itself.
@Suite struct SpaceTests {
    private let directory = TemporaryDirectory()

    private func options(_ disk: SmallDisk?, _ fatal: FatalCounter) -> LocalEngineOptions {
        var options = LocalEngineOptions.testing(onFatal: { _ in fatal.add() })
        if let disk { options.storage = disk }
        options.segmentBytes = 262_144
        options.snapshotLogBytes = 2_097_152
        return options
    }

    /// The error of a put, nil if it was accepted.
    private func put(_ engine: LocalEngine, _ key: String, bytes: Int = 1_000) async -> StoreError.Code? {
        let put = Put(key: [UInt8](key), value: [UInt8](repeating: 7, count: bytes))
        do throws(StoreError) {
            _ = try await engine.transact(Transaction(success: [.put(put)]), origin: Origin("test"))
            return nil
        } catch {
            return error.code
        }
    }

    /// Puts until one is refused; how many were accepted.
    private func fill(_ engine: LocalEngine, _ prefix: String, bytes: Int = 1_000) async -> Int {
        let limit = 20_000
        for index in 0..<limit {
            if let code = await put(engine, "\(prefix)\(index)", bytes: bytes) {
                #expect(code == .noSpace)
                return index
            }
        }
        Issue.record("nothing was refused")
        return limit
    }

    private func compact(_ engine: LocalEngine) async throws {
        let target = engine.currentRevision
        let result = await withCheckedContinuation { done in
            engine.compact(to: target) { done.resume(returning: $0) }
        }
        _ = try result.get()
    }

    private func eventually(_ what: String, _ condition: () async throws -> Bool) async throws {
        for _ in 0..<300 {
            if try await condition() { return }
            try await Task.sleep(for: .milliseconds(100))
        }
        Issue.record("not within 30 s: \(what)")
    }

    // MARK: Quota

    @Test func aQuotaRefusesGrowthOnly() async throws {
        let fatal = FatalCounter()
        var options = options(nil, fatal)
        options.quotaBytes = 200_000
        let engine = try LocalEngine.open(directory: directory.path + "/store", options: options)
        defer { engine.close() }
        let count = await fill(engine, "/k")
        #expect(count > 190 && count < 200)
        #expect(engine.space.shortage == .quota)
        #expect(engine.space.liveBytes <= 200_000)

        #expect(try engine.list("/k").count == count)
        for index in 0..<100 { try await engine.delete("/k\(index)") }
        #expect(await put(engine, "/more") == .noSpace, "history still counts")
        try await compact(engine)
        try await eventually("room after the compaction") { await put(engine, "/more") == nil }
        #expect(engine.space.shortage == nil)
        #expect(fatal.value == 0)
    }

    @Test func stepsOfADeletionGoOnAtTheQuota() async throws {
        var options = options(nil, FatalCounter())
        options.quotaBytes = 50_000
        let engine = try LocalEngine.open(directory: directory.path + "/store", options: options)
        defer { engine.close() }
        _ = await fill(engine, "/k")
        let mark = Operation.put(Put(key: Array("/k0".utf8), value: Array("on its way out".utf8)))
        _ = try await engine.transact(Transaction(success: [mark], isRelease: true), origin: Origin("test"))
        await #expect(throws: StoreError.self) {
            _ = try await engine.transact(Transaction(success: [mark]), origin: Origin("test"))
        }
    }

    @Test func theQuotaCountsWhatAnEarlierLifeWrote() async throws {
        let fatal = FatalCounter()
        var options = options(nil, fatal)
        options.quotaBytes = 200_000
        let path = directory.path + "/store"
        var engine = try LocalEngine.open(directory: path, options: options)
        for index in 0..<150 { #expect(await put(engine, "/a\(index)") == nil) }
        let live = engine.space.liveBytes
        copyTree(path, to: directory.path + "/crashed")
        engine.close()
        for copy in [path, directory.path + "/crashed"] {
            engine = try LocalEngine.open(directory: copy, options: options)
            #expect(engine.space.liveBytes == live)
            engine.close()
        }
    }

    @Test func aWriteTooLargeForTheQuotaDoesNotStopSmallOnes() async throws {
        var options = options(nil, FatalCounter())
        options.quotaBytes = 100_000
        let engine = try LocalEngine.open(directory: directory.path + "/store", options: options)
        defer { engine.close() }
        #expect(await put(engine, "/large", bytes: 150_000) == .noSpace)
        #expect(await put(engine, "/small") == nil)
        #expect(engine.space.shortage == nil)
    }

    @Test func aRetentionPolicyGivesHistoryUpAtTheQuota() async throws {
        var options = options(nil, FatalCounter())
        options.quotaBytes = 150_000
        options.retention = RetentionPolicy()
        let engine = try LocalEngine.open(directory: directory.path + "/store", options: options)
        defer { engine.close() }
        // One key over and over: all of it is history, younger than the policy's day.
        var refused = 0
        for index in 0..<1_500 where await put(engine, "/same", bytes: 100) != nil {
            refused += 1
            if refused > 1_200 {
                Issue.record("still refused at \(index)")
                break
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        #expect(engine.compactRevision > 0)
    }

    // MARK: A full disk

    @Test func aFullDiskRefusesGrowthAndRecovers() async throws {
        let disk = SmallDisk(bytes: 100_000_000)
        let fatal = FatalCounter()
        var options = options(disk, fatal)
        options.reserveBytes = 33_554_432
        let path = directory.path + "/store"
        let engine = try LocalEngine.open(directory: path, options: options)
        try await eventually("a reserve") { engine.space.hasReserve }
        let count = await fill(engine, "/k", bytes: 20_000)

        // Others take the rest: the reserve is what is left.
        disk.setFree(0)
        #expect(engine.space.shortage == .disk)
        #expect(try engine.list("/k").count == count)
        for index in 0..<200 { try await engine.delete("/k\(index)") }
        #expect(await put(engine, "/more") == .noSpace)
        try await compact(engine)
        engine.waitForRemoval()
        try engine.flush()
        #expect(try engine.list("/k").count == count - 200)

        disk.setFree(90_000_000)
        try await eventually("writes again") { await put(engine, "/more") == nil }
        try await eventually("a reserve again") { engine.space.hasReserve }
        engine.close()
        #expect(fatal.value == 0)
        let again = try LocalEngine.open(directory: path, options: options)
        #expect(try again.list("/k").count == count - 200)
        again.close()
    }

    /// The store alone fills the disk, and its own deletes make the room: the snapshot of what is left is small, and
    /// the log and the snapshots that it replaces go.
    @Test func deletesAloneMakeRoomAgain() async throws {
        let disk = SmallDisk(bytes: 100_000_000)
        let fatal = FatalCounter()
        var options = options(disk, fatal)
        options.reserveBytes = 33_554_432
        let engine = try LocalEngine.open(directory: directory.path + "/store", options: options)
        defer { engine.close() }
        _ = await fill(engine, "/k", bytes: 20_000)
        for prefix in 1...9 {
            let range = KeyRange.prefix([UInt8]("/k\(prefix)"))
            _ = try await engine.transact(Transaction(success: [.delete(Delete(range))]), origin: Origin("test"))
        }
        try await compact(engine)
        try await eventually("writes again") {
            let refusal = await put(engine, "/more")
            if refusal != nil { print(engine.space, disk.description) }
            return refusal == nil
        }
        #expect(fatal.value == 0)
    }

    /// Nothing at all is left, not even for a delete: a clear refusal, no end, and on it goes when there is space.
    @Test func aDiskWithoutAnyRoomRefusesEverythingButReads() async throws {
        let disk = SmallDisk(bytes: 3_000_000)
        let fatal = FatalCounter()
        let engine = try LocalEngine.open(directory: directory.path + "/store", options: options(disk, fatal))
        let count = await fill(engine, "/k")
        disk.setFree(0)
        for index in 0..<10_000 {
            guard (try? await engine.delete("/none\(index)")) != nil else { break }
            let code = await put(engine, "/x\(index)", bytes: 10)
            if code != nil { break }
        }
        #expect(try engine.list("/k").count == count)
        disk.setFree(50_000_000)
        try await eventually("writes again") { await put(engine, "/more") == nil }
        engine.close()
        #expect(fatal.value == 0)
    }

    // MARK: The rule

    @Test func betweenTheMarksNothingChanges() {
        let rule = SpaceRule(quotaBytes: 1_000, reserveBytes: 800)
        let cases: [(SpaceShortage?, live: Int64, free: Int64, reserve: Bool, SpaceShortage?)] = [
            (nil, 0, 400, true, nil), (nil, 0, 399, true, .disk), (.disk, 0, 499, true, .disk),
            (.disk, 0, 500, true, nil), (.disk, 0, 1_299, false, .disk), (.disk, 0, 1_300, false, nil),
            (nil, 999, 2_000, true, nil), (nil, 1_000, 2_000, true, .quota), (.quota, 951, 2_000, true, .quota),
            (.quota, 950, 2_000, true, nil), (.quota, 990, 100, true, .disk),
        ]
        for (present, live, free, reserve, expected) in cases {
            #expect(
                rule.next(present, live: live, free: free, hasReserve: reserve) == expected,
                "\(String(describing: present)) \(live) \(free) \(reserve)")
        }
        #expect(rule.next(.disk, live: 0, free: 400, hasReserve: true, reusable: 400) == nil)
        // What can be used again is a reserve, too.
        #expect(rule.next(.disk, live: 0, free: 400, hasReserve: false, reusable: 799) == .disk)
        #expect(rule.next(.disk, live: 0, free: 400, hasReserve: false, reusable: 800) == nil)
        let unwatched = SpaceRule(quotaBytes: 0, reserveBytes: 0)
        #expect(unwatched.next(nil, live: .max, free: 0, hasReserve: false) == nil)
    }
}
