import NIOCore
import NIOPosix
import Objects
import Registry
import TestSupport
import Transport
import TransportTestSupport

@testable import KubeAPI

/// The API without a socket, so that a test may come as anybody.
struct DirectAPI: Sendable {
    enum Caller: String, Sendable {
        case administrator, reader, nobody

        var peer: Connection.Peer {
            let groups: [String] =
                switch self {
                case .administrator: [IdentityRules.memberGroup]
                case .reader: [IdentityRules.memberGroup, IdentityRules.readerGroup]
                case .nobody: []
                }
            return .certificate(CertificateName(commonName: rawValue, organizations: groups))
        }
    }

    let engine = MemoryEngine()
    let registry: Registry
    let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
    private let server: APIServer

    init(_ configure: (inout APIOptions) -> Void = { _ in }) async throws {
        registry = Registry(engine: engine)
        try await registry.bootstrap()
        var options = APIOptions(nodeSocket: "/nonexistent/node.sock", version: "0.0.0")
        configure(&options)
        let rules = IdentityRules(ownUID: 999, memberGroup: 50, readerGroup: 51)
        server = APIServer(registry: registry, options: options, rules: rules)
    }

    func call(
        _ caller: Caller, _ method: String, _ target: String, _ body: String? = nil
    ) async throws -> HTTPResponse {
        let answer = TakenAnswer(on: eventLoop)
        try await begin(caller, method, target, body, answer)
        return try await answer.whole.get()
    }

    /// Returns when the request has been looked at; the answer comes to `exchange`.
    func begin(
        _ caller: Caller, _ method: String, _ target: String, _ body: String? = nil, _ exchange: any Exchange
    ) async throws {
        var request = HTTPRequest(
            method: method, target: target, connection: Connection(peer: caller.peer, listener: "test"))
        if let body {
            request.headers.add("Content-Type", "application/json")
            request.body = ByteBuffer(string: body)
        }
        let (server, whole) = (server, request)
        try await eventLoop.submit { server.respond(to: whole, exchange) }.get()
    }
}

extension HTTPResponse {
    var text: String { String(buffer: body) }
    var json: JSON { (try? JSONParser.parse(text)) ?? .null }
}

/// Takes an answer as it comes.
final class TakenAnswer: Exchange {
    let eventLoop: any EventLoop
    private let promise: EventLoopPromise<HTTPResponse>
    private let parts = LockedBox(HTTPResponse(status: 0))

    init(on eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
        promise = eventLoop.makePromise()
    }

    var whole: EventLoopFuture<HTTPResponse> { promise.futureResult }

    func send(_ response: HTTPResponse) { promise.succeed(response) }
    func begin(_ head: ResponseHead) { parts.withLock { $0.head = head } }

    func write(_ bytes: ByteBuffer, promise: EventLoopPromise<Void>?) {
        parts.withLock { parts in _ = parts.body.writeImmutableBuffer(bytes) }
        // Never from within the call that writes.
        eventLoop.execute { promise?.succeed() }
    }

    func end() { promise.succeed(parts.withLock { $0 }) }
    func abort() { promise.fail(RawClient.Failure(description: "the answer was broken off")) }

    var isWritable: Bool { true }
    func onWritable(_ body: @escaping @Sendable () -> Void) {}
    func onClose(_ body: @escaping @Sendable () -> Void) {}
    func upgrade(_ head: ResponseHead) -> (any Channel)? { nil }
}
