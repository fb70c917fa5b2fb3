import Objects
import Registry
import Store
import TestSupport
import Testing

/// What a watcher was told, in short: "ADDED a@5".
final class Told: Sendable {
    let lines = LockedBox<[String]>([])
    private let stream: AsyncStream<Int64>
    private let continuation: AsyncStream<Int64>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream(of: Int64.self) }

    func take(_ message: WatchMessage) -> Int {
        switch message {
        case .events(let events):
            for event in events {
                lines.withLock {
                    $0.append("\(event.kind.rawValue) \(event.object.name)@\(event.object.resourceVersion)")
                }
            }
        case .initialEventsEnd(let revision): lines.withLock { $0.append("END \(revision)") }
        case .bookmark(let revision): continuation.yield(revision)
        case .ended(let status):
            lines.withLock { $0.append("ENDED \(status?.code ?? 0)") }
            continuation.finish()
        }
        return 0
    }

    /// Waits for one bookmark (or the end), then returns what was told before it.
    func next(_ handle: any WatchHandle) async -> [String] {
        handle.requestProgress()
        for await _ in stream { break }
        return lines.withLock { $0 }
    }
}

@Suite struct WatchTests {
    private func relabel(_ fixture: Fixture, _ name: String, _ value: String?) async throws {
        _ = try await fixture.registry.update(fixture.key(.configMaps, name), by: .tester) { old in
            var new = old
            new.setLabel("x", value)
            return new
        }
    }

    @Test func aWatchTellsEverythingAfterItsRevision() async throws {
        let fixture = try await Fixture.ready()
        try await fixture.make(Sample.configMap("before"), .configMaps)
        let told = Told()
        let handle = try fixture.registry.watch(
            .configMaps, options: WatchOptions(.after(fixture.engine.currentRevision))
        ) { told.take($0) }
        let start = fixture.engine.currentRevision
        try await fixture.make(Sample.configMap("a"), .configMaps)
        try await relabel(fixture, "a", "1")
        _ = try await fixture.registry.delete(fixture.key(.configMaps, "a"), by: .tester)
        #expect(
            await told.next(handle) == ["ADDED a@\(start + 1)", "MODIFIED a@\(start + 2)", "DELETED a@\(start + 3)"])
        handle.cancel()
    }

    @Test func objectsAppearAndVanishByTheirLabels() async throws {
        let fixture = try await Fixture.ready()
        try await fixture.make(Sample.configMap("a"), .configMaps)
        let start = fixture.engine.currentRevision
        let told = Told()
        let handle = try fixture.registry.watch(
            .configMaps, namespace: "case", options: WatchOptions(.after(start), labelSelector: "x=1")
        ) { told.take($0) }
        try await relabel(fixture, "a", "1")
        try await relabel(fixture, "a", "2")
        try await relabel(fixture, "a", "1")
        _ = try await fixture.registry.delete(fixture.key(.configMaps, "a"), by: .tester)
        #expect(
            await told.next(handle) == [
                "ADDED a@\(start + 1)", "DELETED a@\(start + 2)", "ADDED a@\(start + 3)", "DELETED a@\(start + 4)",
            ])
        handle.cancel()
    }

    @Test func theInitialStateComesFirst() async throws {
        let fixture = try await Fixture.ready()
        for index in 0..<600 { try await fixture.make(Sample.configMap("m\(index)"), .configMaps) }
        let told = Told()
        let handle = try fixture.registry.watch(.configMaps, options: WatchOptions(.initialState)) { told.take($0) }
        try await fixture.make(Sample.configMap("later"), .configMaps)
        let lines = await told.next(handle)
        #expect(lines.count == 602)
        #expect(lines[600] == "END \(fixture.engine.currentRevision - 1)")
        #expect(lines[601] == "ADDED later@\(fixture.engine.currentRevision)")
        handle.cancel()
    }

    @Test func theFutureCannotBeWatched() async throws {
        let fixture = try await Fixture.ready()
        let status = await fixture.failure {
            _ = try fixture.registry.watch(.configMaps, options: WatchOptions(.after(999))) { _ in 0 }
        }
        #expect(status?.code == 504)
        #expect(status?.causes.first?.reason == "ResourceVersionTooLarge")
    }

    @Test func aCompactedRevisionEndsTheWatch() async throws {
        let fixture = try await Fixture.ready()
        for index in 0..<3 { try await fixture.make(Sample.configMap("m\(index)"), .configMaps) }
        let revision = fixture.engine.currentRevision
        await withCheckedContinuation { done in fixture.engine.compact(to: revision) { _ in done.resume() } }
        let told = Told()
        let handle = try fixture.registry.watch(.configMaps, options: WatchOptions(.after(1))) { told.take($0) }
        #expect(await told.next(handle) == ["ENDED 410"])
    }

    @Test func storedBytesAreHandedOutAsTheyAre() async throws {
        let fixture = try await Fixture.ready()
        let events = LockedBox<[StoredEvent]>([])
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        let handle = try fixture.registry.watchStored(
            .configMaps, options: WatchOptions(.after(fixture.engine.currentRevision))
        ) { message in
            if case .events(let some) = message { events.withLock { $0 += some } }
            if case .bookmark = message { continuation.yield() }
            return 0
        }
        let made = try await fixture.make(Sample.configMap("a"), .configMaps)
        handle.requestProgress()
        for await _ in stream { break }
        let event = try #require(events.withLock { $0 }.first)
        #expect(try ObjectCoding.decode(event.value, revision: event.revision) == made)
        handle.cancel()
    }
}
