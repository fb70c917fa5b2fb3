import Objects
import Registry
import Store
import TestSupport
import Testing

/// A watcher that is given more at once than the store lets pile up.
@Suite struct BurstTests {
    /// One that can tell how much it still has is waited for; one that cannot has to list again.
    @Test(arguments: [true, false])
    func aBurstIsWaitedFor(_ tells: Bool) async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        var options = LocalEngineOptions()
        // The machine may be busy with other tests.
        options.watchPatience = 300_000_000_000
        let engine = try LocalEngine.open(directory: scratch.path + "/store", options: options)
        defer { engine.close() }
        let fixture = Fixture(on: engine)
        try await fixture.make(["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": "case"]], .namespaces)
        let backlog = LockedBox<Int>(1 << 30)
        let queued: @Sendable () -> Int = { backlog.withLock { $0 } }
        let (told, continuation) = AsyncStream.makeStream(of: String.self)
        let handle = try fixture.registry.watchStored(
            .configMaps, options: WatchOptions(.after(engine.currentRevision)),
            queued: tells ? queued : nil
        ) { message in
            switch message {
            case .events(let events): for event in events { continuation.yield(event.kind.rawValue) }
            case .ended(let status): continuation.yield("ENDED \(status?.code ?? 0)")
            default: break
            }
            return queued()
        }
        defer { handle.cancel() }
        var answers = told.makeAsyncIterator()
        try await fixture.make(Sample.configMap("a"), .configMaps)
        #expect(await answers.next() == "ADDED")
        try await fixture.make(Sample.configMap("b"), .configMaps)
        // The first one was too much already. It takes the rest only when it has caught up.
        backlog.withLock { $0 = 0 }
        let second = await answers.next()
        #expect(second == (tells ? "ADDED" : "ENDED 410"))
    }
}
