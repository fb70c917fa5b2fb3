import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import Store
import TestSupport
import Testing

@testable import EtcdAPI

/// The guarantees of a watch, through etcd's Watch service: requests and answers in protobuf, several watches on one
/// stream, and one stream a watch.
@Suite struct WatchConformanceTests {
    @Test(arguments: [1, 5])
    func watchesOfTheServiceHoldEveryGuarantee(watchesPerStream: Int) async throws {
        let engine = MemoryEngine()
        let seed = TestSeed.value()
        let subject = try ServiceSubject(engine, watchesPerStream: watchesPerStream)
        #expect(try await WatchConformance(subject, seed: seed).violations() == [])
    }
}

private final class ServiceSubject: WatchSubject {
    private let engine: MemoryEngine
    private let router: Router
    private let watchesPerStream: Int
    private let open = NIOLockedValueBox<(stream: TestStream, watches: Int64)?>(nil)

    init(_ engine: MemoryEngine, watchesPerStream: Int) throws {
        self.engine = engine
        self.watchesPerStream = watchesPerStream
        router = try Router(
            engine: engine, identity: Identity(clusterID: 1, memberID: 2, name: "test", clientURLs: []),
            guardian: .none, alarms: AlarmBook(path: nil),
            facts: { StorageFacts(size: 0, sizeInUse: 0, quota: 0, isOutOfSpace: false) })
    }

    func transact(_ operations: [Store.Operation]) async throws -> Int64 {
        try await engine.transact(Transaction(success: operations), origin: Origin("test")).revision
    }

    func watch(_ range: KeyRange, from revision: Int64) async throws -> any WatchProbe {
        var create = WatchCreateCall()
        switch range {
        case .key(let key): create.key = key
        case .interval(let start, let end): (create.key, create.rangeEnd) = (start, end)
        case .from(let start): (create.key, create.rangeEnd) = (start.isEmpty ? [0] : start, [0])
        }
        create.startRevision = revision
        let (stream, id) = try nextPlace()
        create.watchID = id
        let probe = stream.probe(id)
        var call = WatchCall()
        call.createRequest = create
        stream.receive(call)
        return probe
    }

    private func nextPlace() throws -> (TestStream, Int64) {
        let method = try #require(router.methods["/etcdserverpb.Watch/Watch"])
        return open.withLockedValue { place in
            if let (stream, watches) = place, watches < watchesPerStream {
                place = (stream, watches + 1)
                return (stream, watches + 1)
            }
            let stream = TestStream(method)
            place = (stream, 1)
            return (stream, 1)
        }
    }
}

/// The client's end of a stream without a connection.
private final class TestStream: CallStream {
    let eventLoop: any EventLoop = MultiThreadedEventLoopGroup.singleton.next()
    private let handler = NIOLockedValueBox<(any CallHandler)?>(nil)
    private let probes = NIOLockedValueBox<[Int64: ServiceProbe]>([:])

    init(_ method: Method) {
        guard case .streaming(let open) = method.body else { return }
        eventLoop.execute {
            let handler = open(self)
            self.handler.withLockedValue { $0 = handler }
        }
    }

    func receive(_ call: WatchCall) {
        var bytes = ByteBuffer()
        ProtobufWriter.append(call, to: &bytes)
        eventLoop.execute { [bytes] in self.handler.withLockedValue { $0 }?.receive(bytes) }
    }

    func probe(_ id: Int64) -> ServiceProbe {
        let probe = ServiceProbe(self)
        probes.withLockedValue { $0[id] = probe }
        return probe
    }

    func send(_ message: some Message) { send(encoded: MessageFramer.frame(message, ByteBufferAllocator())) }

    func send(encoded messages: ByteBuffer) {
        var framer = MessageFramer()
        var bytes = messages
        framer.append(&bytes)
        while let message = try? framer.next() {
            guard let reply = try? ProtobufReader.decode(WatchReply.self, message) else { continue }
            deliver(reply)
        }
    }

    private func deliver(_ reply: WatchReply) {
        let probes = probes.withLockedValue { $0 }
        // An answer to a request for progress speaks of all watches of the stream.
        if reply.watchID == -1 { return probes.values.forEach { $0.deliver(reply) } }
        probes[reply.watchID]?.deliver(reply)
    }

    func finish(_ status: GRPCStatus?) { for probe in probes.withLockedValue({ $0 }).values { probe.end() } }
    var queuedBytes: Int { 0 }
}

private final class ServiceProbe: WatchProbe {
    private let stream: TestStream
    private let continuation: AsyncStream<WatchReport>.Continuation
    private let isCreated = NIOLockedValueBox(false)
    private let reports: AsyncStream<WatchReport>

    init(_ stream: TestStream) {
        self.stream = stream
        (reports, continuation) = AsyncStream.makeStream()
    }

    func requestProgress() async {
        var call = WatchCall()
        call.progressRequest = WatchProgressCall()
        stream.receive(call)
    }

    func next() async -> WatchReport? {
        for await report in reports { return report }
        return nil
    }

    func deliver(_ reply: WatchReply) {
        if reply.canceled { return continuation.finish() }
        if reply.created { return isCreated.withLockedValue { $0 = true } }
        // What is said of the stream before it has this watch is not said of this watch.
        if reply.watchID == -1, !isCreated.withLockedValue({ $0 }) { return }
        if !reply.events.isEmpty {
            continuation.yield(
                .events(
                    reply.events.map {
                        WatchedEvent(
                            revision: $0.kv?.modRevision ?? 0, key: $0.kv?.key ?? [], isPut: $0.type == .put)
                    }))
        } else {
            continuation.yield(.bookmark(reply.header?.revision ?? 0))
        }
    }

    func end() { continuation.finish() }
}
