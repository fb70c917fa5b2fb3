import Objects
import Registry
import Store
import TestSupport
import Testing

/// Lists and watches agree while many write: what a client knows by list and watch is the truth, nothing is missed,
/// repeated or out of order.
@Suite struct ConsistencyTests {
    /// What an informer-like client knows, and what went wrong on its way.
    private struct Client: Sendable {
        var known: [String: String] = [:]
        var revision: Int64 = 0
        var complaints: [String] = []
        /// The initial state comes in the order of names; only what follows has an order of its own.
        var isLive = false

        mutating func take(_ events: [ObjectEvent]) {
            for event in events {
                let name = event.object.name
                if isLive, event.revision < revision {
                    complaints.append("\(name)@\(event.revision) after \(revision)")
                }
                if let version = Int64(known[name] ?? ""), version >= event.revision {
                    complaints.append("\(name)@\(event.revision) repeated")
                }
                switch event.kind {
                case .added:
                    if known[name] != nil { complaints.append("\(name) added twice") }
                    known[name] = event.object.resourceVersion
                case .modified:
                    if known[name] == nil { complaints.append("\(name) modified before it was added") }
                    if event.old?.resourceVersion != known[name] { complaints.append("\(name) skipped a version") }
                    known[name] = event.object.resourceVersion
                case .deleted:
                    if known.removeValue(forKey: name) == nil { complaints.append("\(name) deleted twice") }
                }
                revision = max(revision, event.revision)
            }
        }
    }

    private func write(_ fixture: Fixture, seed: UInt64, steps: Int) async throws {
        var random = SplitMix(state: seed)
        for _ in 0..<steps {
            let name = "m\(random.next() % 12)"
            let key = fixture.key(.configMaps, name)
            let value = JSON.string(String(random.next() % 100))
            let label = random.next() % 2 == 0 ? "1" : "2"
            // Whoever comes second finds the object there, gone or changed: that is what this test is about.
            switch random.next() % 4 {
            case 0: _ = try? await fixture.registry.delete(key, by: .tester)
            case 1:
                _ = try? await fixture.registry.update(key, by: .tester) { old in
                    var new = old
                    new["data", "k"] = value
                    new.setLabel("x", label)
                    return new
                }
            default: _ = try? await fixture.make(Sample.configMap(name, labels: ["x": "1"]), .configMaps)
            }
        }
    }

    @Test(arguments: [("", UInt64(1)), ("x=1", 2), ("x!=1", 3)])
    func clientsKnowTheTruth(_ selector: String, _ seed: UInt64) async throws {
        try await check(try await Fixture.ready(), selector, seed)
    }

    @Test func clientsOfADurableStoreKnowTheTruth() async throws {
        let scratch = try Scratch()
        let engine = try LocalEngine.open(directory: scratch.path + "/store")
        let fixture = Fixture(on: engine)
        try await fixture.make(["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": "case"]], .namespaces)
        try await check(fixture, "x=1", 4)
        engine.close()
        scratch.remove()
    }

    private func check(_ fixture: Fixture, _ selector: String, _ seed: UInt64) async throws {
        let clients = (0..<6).map { _ in LockedBox(Client()) }
        let handles = LockedBox<[any WatchHandle]>([])
        let (bookmarks, continuation) = AsyncStream.makeStream(of: (Int, Int64).self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<4 {
                group.addTask { try await write(fixture, seed: seed &* 100 &+ UInt64(writer), steps: 150) }
            }
            for (index, client) in clients.enumerated() {
                group.addTask {
                    for _ in 0..<index * 20 { await Task.yield() }
                    let handle = try start(fixture, index, client, selector, continuation)
                    handles.withLock { $0.append(handle) }
                }
            }
            try await group.waitForAll()
        }
        let end = fixture.registry.engine.currentRevision
        for handle in handles.withLock({ $0 }) { handle.requestProgress() }
        var done: Set<Int> = []
        for await (index, revision) in bookmarks where revision >= end {
            done.insert(index)
            if done.count == clients.count { break }
        }
        let list = try fixture.registry.list(
            .configMaps, namespace: "case", options: ListOptions(labelSelector: selector))
        let truth = Dictionary(uniqueKeysWithValues: list.items.map { ($0.name, $0.resourceVersion) })
        for client in clients.map({ $0.withLock { $0 } }) {
            #expect(client.complaints.isEmpty, "seed \(seed)")
            #expect(client.known == truth, "seed \(seed)")
        }
    }

    /// Even clients list and then watch, odd ones get the initial state by the watch itself.
    private func start(
        _ fixture: Fixture, _ index: Int, _ client: LockedBox<Client>, _ selector: String,
        _ bookmarks: AsyncStream<(Int, Int64)>.Continuation
    ) throws -> any WatchHandle {
        var options = WatchOptions(.initialState, labelSelector: selector)
        if index % 2 == 0 {
            let list = try fixture.registry.list(
                .configMaps, namespace: "case", options: ListOptions(labelSelector: selector))
            client.withLock { client in
                for item in list.items { client.known[item.name] = item.resourceVersion }
                client.revision = list.revision
                client.isLive = true
            }
            options.start = .after(list.revision)
        }
        return try fixture.registry.watch(.configMaps, namespace: "case", options: options) { message in
            switch message {
            case .events(let events): client.withLock { $0.take(events) }
            case .bookmark(let revision): bookmarks.yield((index, revision))
            case .initialEventsEnd(let revision):
                client.withLock { client in
                    client.revision = max(client.revision, revision)
                    client.isLive = true
                }
            case .ended(let status): client.withLock { $0.complaints.append("ended \(status?.message ?? "")") }
            }
            return 0
        }
    }
}
