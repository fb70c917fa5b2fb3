import NIOCore
import Objects
import Registry
import Store
import TestSupport
import Testing
import Transport

@testable import KubeAPI

/// A watch that begins with what there is, for a client that takes its time.
@Suite struct InitialStateTests {
    private static let maps = "/api/v1/namespaces/default/configmaps"
    private static let query =
        "?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true"
    private static let count = 1000

    private static func name(_ index: Int) -> String { "m\(10_000 + index)" }

    private static func put(_ index: Int) -> Operation {
        let object = Object([
            "kind": "ConfigMap", "apiVersion": "v1",
            "metadata": ["name": .string(name(index)), "namespace": "default", "uid": .string("u\(index)")],
            "data": ["k": .string(String(repeating: "v", count: 4096))],
        ])
        let key = Array("/registry/configmaps/default/\(name(index))".utf8)
        return .put(Put(key: key, value: ObjectCoding.encode(object)))
    }

    /// With four megabytes of objects.
    private func filled() async throws -> DirectAPI {
        let api = try await DirectAPI()
        for start in stride(from: 0, to: Self.count, by: 100) {
            let puts = (start..<start + 100).map(Self.put)
            _ = try await api.engine.transact(Transaction(success: puts), origin: Origin("tests"))
        }
        return api
    }

    /// What the client does not take is not in memory, and comes as it was at the revision of the beginning.
    @Test func noMoreIsReadThanTheClientTakes() async throws {
        let api = try await filled()
        let revision = api.engine.currentRevision
        let client = SlowClient(on: api.eventLoop)
        try await api.begin(.administrator, "GET", Self.maps + Self.query, nil, client)
        try await client.settle()
        #expect(client.heldBytes > 0 && client.heldBytes < 1 << 20)
        // What has not been sent yet goes, and something new comes.
        let last = ObjectKey(.configMaps, namespace: "default", name: Self.name(Self.count - 1))
        _ = try await api.registry.delete(last, by: .daemon)
        let later = Object(["metadata": ["name": "later"]])
        _ = try await api.registry.create(later, .configMaps, namespace: "default", by: .daemon)
        try await client.settle()
        #expect(client.heldBytes < 1 << 20)
        try await client.take { $0.contains(#""name":"later""#) }
        await client.leave()

        let told = client.events
        try #require(told.count == Self.count + 3)
        let names = told.compactMap { $0.at("object", "metadata", "name")?.string }
        let kinds = told.compactMap { $0["type"]?.string }
        let all = (0..<Self.count).map(Self.name)
        #expect(names == all + [Self.name(Self.count - 1), "later"])
        #expect(kinds == all.map { _ in "ADDED" } + ["BOOKMARK", "DELETED", "ADDED"])
        let mark = told[Self.count]
        #expect(mark.at("object", "metadata", "resourceVersion") == .string(String(revision)))
        #expect(mark.at("object", "metadata", "annotations", "k8s.io/initial-events-end") == "true")
    }

    @Test func aStateThatIsCompactedMeanwhileEndsTheWatch() async throws {
        let api = try await filled()
        let client = SlowClient(on: api.eventLoop)
        try await api.begin(.administrator, "GET", Self.maps + Self.query, nil, client)
        try await client.settle()
        let later = Object(["metadata": ["name": "later"]])
        _ = try await api.registry.create(later, .configMaps, namespace: "default", by: .daemon)
        let revision = api.engine.currentRevision
        await withCheckedContinuation { done in api.engine.compact(to: revision) { _ in done.resume() } }
        try await client.take { $0.contains(#""type":"ERROR""#) }
        await client.leave()
        let told = client.events
        #expect(told.last?.at("object", "code") == 410)
        #expect(told.count < Self.count)
        #expect(!told.contains { $0["type"] == "BOOKMARK" })
        #expect(client.hasEnded)
    }

    /// Selectors are refused before anything is sent, and choose what comes.
    @Test func selectors() async throws {
        let api = try await filled()
        let refused = try await api.call(.administrator, "GET", Self.maps + Self.query + "&labelSelector=%3D%3D")
        #expect(refused.head.status == 400)
        let client = SlowClient(on: api.eventLoop)
        let chosen = "&fieldSelector=metadata.name%3D" + Self.name(7)
        try await api.begin(.administrator, "GET", Self.maps + Self.query + chosen, nil, client)
        try await client.take { $0.contains("initial-events-end") }
        await client.leave()
        #expect(client.events.compactMap { $0["type"]?.string } == ["ADDED", "BOOKMARK"])
    }
}

/// Takes what is written only when it is told to.
private final class SlowClient: Exchange {
    private struct Write: Sendable {
        var size: Int
        var promise: EventLoopPromise<Void>?
    }

    private struct State: Sendable {
        var written = ByteBuffer()
        /// What of it nobody has looked at.
        var fresh = ByteBuffer()
        var held: [Write] = []
        var closed: (@Sendable () -> Void)?
        var hasEnded = false
    }

    let eventLoop: any EventLoop
    private let state = LockedBox(State())

    init(on eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    var heldBytes: Int { state.withLock { $0.held.reduce(0) { $0 + $1.size } } }
    var hasEnded: Bool { state.withLock { $0.hasEnded } }

    var events: [JSON] {
        let text = state.withLock { String(buffer: $0.written) }
        return text.split(separator: "\n").compactMap { try? JSONParser.parse(String($0)) }
    }

    /// What the loop has to do now, and what comes of that, is done.
    func settle() async throws { for _ in 0..<50 { try await eventLoop.submit {}.get() } }

    /// Takes one write after the other until one of them is `enough`.
    func take(until enough: @escaping @Sendable (String) -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < end {
            let (held, fresh) = state.withLock { state in
                defer {
                    state.held = []
                    state.fresh = ByteBuffer()
                }
                return (state.held, state.fresh)
            }
            for write in held { write.promise?.succeed() }
            if enough(String(buffer: fresh)) { return }
            // What comes next comes from the loop or from the store's thread.
            if held.isEmpty { try await Task.sleep(for: .milliseconds(2)) }
            try await settle()
        }
        Issue.record("what was waited for did not come")
    }

    /// The client goes away; nothing that was promised to it is left open.
    func leave() async {
        _ = try? await eventLoop.submit { [self] in
            let (closed, held) = state.withLock { state in
                defer {
                    state.closed = nil
                    state.held = []
                }
                return (state.closed, state.held)
            }
            closed?()
            for write in held { write.promise?.fail(ChannelError.alreadyClosed) }
        }.get()
    }

    func send(_ response: HTTPResponse) { write(response.body, promise: nil) }
    func begin(_ head: ResponseHead) {}

    func write(_ bytes: ByteBuffer, promise: EventLoopPromise<Void>?) {
        state.withLock { state in
            state.written.writeImmutableBuffer(bytes)
            state.fresh.writeImmutableBuffer(bytes)
            state.held.append(Write(size: bytes.readableBytes, promise: promise))
        }
    }

    func end() { state.withLock { $0.hasEnded = true } }
    func abort() { state.withLock { $0.hasEnded = true } }

    var isWritable: Bool { false }
    func onWritable(_ body: @escaping @Sendable () -> Void) {}
    func onClose(_ body: @escaping @Sendable () -> Void) { state.withLock { $0.closed = body } }
    func upgrade(_ head: ResponseHead) -> (any Channel)? { nil }
}
