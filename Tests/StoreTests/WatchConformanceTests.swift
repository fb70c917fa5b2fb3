import Store
import TestSupport
import Testing

/// The guarantees of a watch, of the engine itself.
@Suite struct WatchConformanceTests {
    @Test func watchesOfTheEngineHoldEveryGuarantee() async throws {
        let directory = TemporaryDirectory()
        let engine = try LocalEngine.open(directory: directory.path + "/store", options: .testing())
        defer { engine.close() }
        let seed = TestSeed.value()
        #expect(try await WatchConformance(EngineSubject(engine: engine), seed: seed).violations() == [])
    }
}

private struct EngineSubject: WatchSubject {
    let engine: LocalEngine

    func transact(_ operations: [Operation]) async throws -> Int64 {
        try await engine.transact(Transaction(success: operations), origin: Origin("test")).revision
    }

    func watch(_ range: KeyRange, from revision: Int64) async throws -> any WatchProbe {
        let sink = ReportingSink()
        let handle = try engine.watch(WatchRequest(range, startRevision: revision), sink: sink)
        return EngineProbe(handle: handle, sink: sink)
    }
}

private final class EngineProbe: WatchProbe {
    private let handle: any WatchHandle
    private let reports: AsyncStream<WatchReport>

    init(handle: any WatchHandle, sink: ReportingSink) {
        self.handle = handle
        reports = sink.reports
    }

    func requestProgress() async { handle.requestProgress() }

    func next() async -> WatchReport? {
        for await report in reports { return report }
        return nil
    }
}

private final class ReportingSink: WatchSink {
    let reports: AsyncStream<WatchReport>
    private let continuation: AsyncStream<WatchReport>.Continuation

    init() { (reports, continuation) = AsyncStream.makeStream() }

    var queuedBytes: Int? { 0 }

    func receive(_ signal: WatchSignal) -> Int {
        switch signal {
        case .events(_, let events):
            continuation.yield(
                .events(
                    events.map {
                        WatchedEvent(
                            revision: $0.current.modRevision, key: $0.current.key, isPut: $0.kind == .put)
                    }))
        case .progress(let revision): continuation.yield(.bookmark(revision))
        case .cancelled: continuation.finish()
        }
        return 0
    }
}
