import Testing

@testable import Store

/// Compactions that overtake the hub: every event, or a cancellation that says why, and never a silent gap.
@Suite struct WatchCompactionTests {
    private let directory = TemporaryDirectory()

    private func open(_ storage: any Storage = PosixStorage()) throws -> LocalEngine {
        var options = LocalEngineOptions.testing()
        options.storage = storage
        return try LocalEngine.open(directory: directory.path + "/store", options: options)
    }

    private func put(_ engine: LocalEngine, _ index: Int) throws {
        try engine.write(Transaction(success: [.put(Put(key: [UInt8]("/k"), value: [UInt8]("\(index)")))]))
    }

    /// The hub hangs in its sink at revision 2, and a hundred more revisions are written.
    private func writeBehindTheHub(_ engine: LocalEngine, _ sink: HangingSink) throws {
        let watch = try engine.watch(WatchRequest(.key([UInt8]("/k"))), sink: sink)
        // Answered when it has joined the live ones.
        watch.requestProgress()
        try #require(sink.waits { $0.hasProgress })
        try put(engine, 0)
        try #require(sink.waits { !$0.revisions.isEmpty })
        for index in 1...100 { try put(engine, index) }
    }

    /// A hub that hangs for longer than its pin holds.
    @Test func aHubThatIsOvertakenCancels() throws {
        let clock = ClockStorage()
        let engine = try open(clock)
        defer { engine.close() }
        let sink = HangingSink()
        defer { sink.open() }
        try writeBehindTheHub(engine, sink)
        clock.advance(seconds: 61)
        try engine.compactToNewest()
        try engine.waitForRemoval(within: 120)
        sink.open()
        try #require(sink.waits { $0.cancellation != nil || $0.revisions.last == 102 })
        let seen = sink.seen
        #expect(seen.revisions == Array(2..<2 + Int64(seen.revisions.count)))
        #expect(seen.cancellation == .compacted(compactRevision: 102))
    }

    @Test func aHubThatIsBehindLosesNothing() async throws {
        let engine = try open()
        defer { engine.close() }
        let sink = HangingSink()
        defer { sink.open() }
        try writeBehindTheHub(engine, sink)
        try engine.compactToNewest()
        // The removal would be over by then; nothing depends on that.
        try await Task.sleep(for: .milliseconds(500))
        sink.open()
        try #require(sink.waits { $0.cancellation != nil || $0.revisions.last == 102 })
        #expect(sink.seen.revisions == Array(2...102))
        #expect(sink.seen.cancellation == nil)
        // And what it held back goes.
        try engine.waitForRemoval(within: 120)
        #expect(engine.space.liveBytes == 5)
    }

    /// The pin goes with the last live watcher, whom nothing moves on any more.
    @Test func aWatchThatHasEndedHoldsNothingBack() throws {
        let engine = try open()
        defer { engine.close() }
        let sink = HangingSink()
        sink.open()
        let watch = try engine.watch(WatchRequest(.key([UInt8]("/k"))), sink: sink)
        try put(engine, 0)
        try #require(sink.waits { !$0.revisions.isEmpty })
        watch.cancel()
        try #require(sink.waits { $0.cancellation == .closed })
        for index in 1...50 { try put(engine, index) }
        try engine.compactToNewest()
        try engine.waitForRemoval(within: 40)
        #expect(engine.space.liveBytes == 4)
    }
}

/// Keeps what it is given, and hangs with the first events until it is opened.
private final class HangingSink: WatchSink {
    struct Seen {
        var revisions: [Int64] = []
        var cancellation: WatchCancellation?
        var hasProgress = false
        var isOpen = false
    }

    private let state = Monitor(Seen())

    var seen: Seen { state.withLock { $0 } }
    var queuedBytes: Int? { 0 }

    func open() { state.broadcast { $0.isOpen = true } }

    func receive(_ signal: WatchSignal) -> Int {
        switch signal {
        case .events(let revision, _):
            state.broadcast { $0.revisions.append(revision) }
            state.wait { $0.isOpen ? () : nil }
        case .progress: state.broadcast { $0.hasProgress = true }
        case .cancelled(let reason): state.broadcast { $0.cancellation = reason }
        }
        return 0
    }

    /// False if it does not come to that within a minute.
    func waits(for condition: (Seen) -> Bool) -> Bool {
        let deadline = PosixStorage().monotonicNanoseconds + 60_000_000_000
        return state.wait(until: deadline) { condition($0) ? () : nil } != nil
    }
}
