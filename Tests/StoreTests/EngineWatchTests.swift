import Store
import Synchronization
import Testing

@Suite struct EngineWatchTests {
    private func open(_ directory: TemporaryDirectory) throws -> LocalEngine {
        try LocalEngine.open(directory: directory.path + "/store", options: .testing())
    }

    private func flatten(_ signals: [WatchSignal]) -> [(revision: Int64, events: [Event])] {
        signals.compactMap { if case .events(let revision, let events) = $0 { (revision, events) } else { nil } }
    }

    @Test func aWatchFromNowSeesPutsAndDeletesWithPrevious() async throws {
        let directory = TemporaryDirectory()
        let engine = try open(directory)
        defer { engine.close() }
        try await engine.put("/a", "old")
        let sink = CollectingSink()
        _ = try engine.watch(WatchRequest(.prefix([UInt8]("/"))), sink: sink)
        try await engine.put("/a", "new")
        try await engine.delete("/a")
        let seen = flatten(await sink.events(through: 4))
        #expect(seen.map(\.revision) == [3, 4])
        #expect(seen[0].events.first?.previous?.value == [UInt8]("old"))
        #expect(seen[0].events.first?.current.value == [UInt8]("new"))
        #expect(seen[1].events.first?.kind == .delete)
        #expect(seen[1].events.first?.current.modRevision == 4)
        #expect(seen[1].events.first?.previous?.modRevision == 3)
    }

    @Test func allEventsOfOneRevisionComeTogether() async throws {
        let directory = TemporaryDirectory()
        let engine = try open(directory)
        defer { engine.close() }
        let sink = CollectingSink()
        _ = try engine.watch(WatchRequest(.prefix([UInt8]("/"))), sink: sink)
        let puts = (0..<5).map { Operation.put(Put(key: [UInt8]("/\($0)"), value: [])) }
        _ = try await engine.transact(Transaction(success: puts), origin: Origin("test"))
        let seen = flatten(await sink.events(through: 2))
        #expect(seen.count == 1)
        #expect(seen[0].events.count == 5)
    }

    /// From every revision there is, over log, tail and checkpoint: the same events as one watcher saw live.
    @Test func aWatchFromAnyRevisionSeesWhatALiveOneSaw() async throws {
        let directory = TemporaryDirectory()
        var engine = try open(directory)
        let live = CollectingSink()
        _ = try engine.watch(WatchRequest(.prefix([UInt8]("/k")), startRevision: 2), sink: live)
        for index in 0..<40 {
            try await engine.put("/k\(index % 4)", "\(index)")
            if index % 7 == 0 { try await engine.delete("/k\(index % 3)") }
            try await engine.put("/other", "\(index)")
        }
        let last = try await engine.put("/k0", "end")
        let expected = flatten(await live.events(through: last))
        for reopened in [false, true] {
            if reopened {
                engine.close()
                engine = try open(directory)
            }
            for start in 2...last {
                let sink = CollectingSink()
                let handle = try engine.watch(
                    WatchRequest(.prefix([UInt8]("/k")), startRevision: start), sink: sink)
                let seen = flatten(await sink.events(through: last))
                let wanted = expected.filter { $0.revision >= start }
                #expect(seen.map(\.revision) == wanted.map(\.revision))
                #expect(seen.map(\.events) == wanted.map(\.events))
                handle.cancel()
            }
        }
        engine.close()
    }

    @Test func progressComesBehindEverythingBeforeIt() async throws {
        let directory = TemporaryDirectory()
        let engine = try open(directory)
        defer { engine.close() }
        for index in 0..<20 { try await engine.put("/k", "\(index)") }
        let sink = CollectingSink()
        let handle = try engine.watch(WatchRequest(.key([UInt8]("/k")), startRevision: 2), sink: sink)
        handle.requestProgress()
        let signals = await sink.collect { if case .progress = $0 { true } else { false } }
        #expect(flatten(signals).count == 20)
        guard case .progress(let revision) = signals.last else { return #expect(Bool(false)) }
        #expect(revision == 21)
    }

    @Test func aStartBelowTheCompactRevisionIsCancelled() async throws {
        let directory = TemporaryDirectory()
        let engine = try open(directory)
        defer { engine.close() }
        for index in 0..<10 { try await engine.put("/k", "\(index)") }
        _ = await withCheckedContinuation { done in engine.compact(to: 8) { done.resume(returning: $0) } }
        let sink = CollectingSink()
        _ = try engine.watch(WatchRequest(.key([UInt8]("/k")), startRevision: 5), sink: sink)
        let signals = await sink.collect { _ in false }
        guard case .cancelled(.compacted(8)) = signals.last else { return #expect(Bool(false), "\(signals)") }
        let fromCompacted = CollectingSink()
        _ = try engine.watch(WatchRequest(.key([UInt8]("/k")), startRevision: 8), sink: fromCompacted)
        #expect(flatten(await fromCompacted.events(through: 11)).map(\.revision) == [8, 9, 10, 11])
    }

    @Test func aSlowSinkThatCannotTellIsCancelledWhereItCanResume() async throws {
        let directory = TemporaryDirectory()
        let engine = try open(directory)
        defer { engine.close() }
        let sink = CollectingSink(queued: 1_000_000, knowsQueue: false)
        _ = try engine.watch(WatchRequest(.key([UInt8]("/k"))), sink: sink)
        for index in 0..<10 { try await engine.put("/k", "\(index)") }
        let signals = await sink.collect { _ in false }
        let seen = flatten(signals)
        guard case .cancelled(.tooSlow(let resume)) = signals.last, let last = seen.last else {
            return #expect(Bool(false), "\(signals)")
        }
        #expect(resume == last.revision + 1)
        let again = CollectingSink()
        _ = try engine.watch(WatchRequest(.key([UInt8]("/k")), startRevision: resume), sink: again)
        let rest = flatten(await again.events(through: 11))
        #expect((seen + rest).map(\.revision) == Array(2...11))
    }

    @Test func aSlowSinkThatDrainsMissesNothing() async throws {
        let directory = TemporaryDirectory()
        var options = LocalEngineOptions.testing()
        options.watchPatience = .max
        let engine = try LocalEngine.open(directory: directory.path + "/store", options: options)
        defer { engine.close() }
        let sink = CollectingSink(queued: 1_000_000)
        _ = try engine.watch(WatchRequest(.key([UInt8]("/k"))), sink: sink)
        for index in 0..<50 { try await engine.put("/k", "\(index)") }
        sink.queued.store(0, ordering: .relaxed)
        #expect(flatten(await sink.events(through: 51)).map(\.revision) == Array(2...51))
    }

    @Test func closingEndsEveryWatch() async throws {
        let directory = TemporaryDirectory()
        let engine = try open(directory)
        let sink = CollectingSink()
        _ = try engine.watch(WatchRequest(.key([UInt8]("/k"))), sink: sink)
        engine.close()
        guard case .cancelled(.closed) = await sink.collect(until: { _ in false }).last else {
            return #expect(Bool(false))
        }
    }
}
