import Store
import Testing

@Suite struct LeaseTests {
    private func grant(_ engine: LocalEngine, _ id: Int64, _ seconds: Int64) async throws -> Lease {
        try await withCheckedContinuation { done in
            engine.grantLease(id: id, ttlSeconds: seconds) { done.resume(returning: $0) }
        }.get()
    }

    @Test func anExpiredLeaseTakesItsKeysAtOneRevision() async throws {
        let directory = TemporaryDirectory()
        let engine = try LocalEngine.open(directory: directory.path + "/store", options: .testing())
        defer { engine.close() }
        // All at once: on a busy machine a second may pass between two lines.
        engine.grantLease(id: 5, ttlSeconds: 3) { _ in }
        let keys = ["/leased/0", "/leased/1", "/leased/2", "/leased/0"]
        for (index, key) in keys.enumerated() {
            let put = Put(key: [UInt8](key), value: [UInt8]("without"), lease: index < 3 ? 5 : 0)
            engine.submit(Transaction(success: [.put(put)]), origin: Origin("test")) { _ in }
        }
        let sink = CollectingSink()
        _ = try engine.watch(WatchRequest(.prefix([UInt8]("/leased")), startRevision: 6), sink: sink)
        let signals = await sink.collect { if case .events = $0 { true } else { false } }
        guard case .events(let revision, let events)? = signals.last else { return #expect(Bool(false)) }
        #expect(revision == 6)
        #expect(events.map(\.kind) == [.delete, .delete])
        #expect(try engine.list("/") == ["/leased/0=without"])
        #expect(engine.leases() == [])
    }

    @Test func leasesAndTheirKeysSurviveAReopen() async throws {
        let directory = TemporaryDirectory()
        var engine = try LocalEngine.open(directory: directory.path + "/store", options: .testing())
        #expect(try await grant(engine, 9, 1_000).grantedSeconds == 1_000)
        try await engine.put("/a", "1", lease: 9)
        engine.close()
        engine = try LocalEngine.open(directory: directory.path + "/store", options: .testing())
        defer { engine.close() }
        try await engine.put("/b", "1", lease: 9)
        let found = try engine.lease(id: 9, withKeys: true)
        #expect(found.keys == [[UInt8]("/a"), [UInt8]("/b")])
        #expect(found.lease.remainingSeconds > 500)
        let reopened = engine
        let revision = try await withCheckedContinuation { done in
            reopened.revokeLease(id: 9) { done.resume(returning: $0) }
        }.get()
        #expect(revision == 4)
        #expect(try engine.list("/") == [])
        let error = #expect(throws: StoreError.self) { try reopened.lease(id: 9, withKeys: false) }
        #expect(error?.code == .leaseNotFound)
    }

    @Test func aPutWithAnUnknownLeaseIsRefusedAndChangesNothing() async throws {
        let directory = TemporaryDirectory()
        let engine = try LocalEngine.open(directory: directory.path + "/store", options: .testing())
        defer { engine.close() }
        let put = Operation.put(Put(key: [UInt8]("/ok"), value: []))
        let bad = Operation.put(Put(key: [UInt8]("/bad"), value: [], lease: 4))
        await #expect(throws: StoreError.self) {
            try await engine.transact(Transaction(success: [put, bad]), origin: Origin("test"))
        }
        #expect(engine.currentRevision == 1)
        #expect(try engine.list("/") == [])
    }
}
