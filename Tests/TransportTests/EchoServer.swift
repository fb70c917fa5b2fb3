import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import Synchronization
import Transport
import TransportTestSupport

/// Answers with what it got: method, target and length of the body; some paths do more.
struct EchoResponder: Responder {
    /// How many requests for `/never` have come.
    let unanswered = NIOLockedValueBox(0)

    func respond(to request: HTTPRequest, _ exchange: any Exchange) {
        switch request.path {
        case "/stream": stream(exchange)
        case "/never": unanswered.withLockedValue { $0 += 1 }
        case "/flood": flood(exchange)
        case "/who": exchange.send(text("\(request.connection.peer)"))
        default: exchange.send(text("\(request.method) \(request.target) \(request.body.readableBytes)\n"))
        }
    }

    func response(for refusal: Refusal) -> HTTPResponse { text("\(refusal)\n", status: refusal.status) }

    private func text(_ text: String, status: Int = 200) -> HTTPResponse { .text(text, status: status) }

    private func stream(_ exchange: any Exchange) {
        exchange.begin(ResponseHead(status: 200))
        for part in ["one\n", "two\n"] { exchange.write(ByteBuffer(string: part)) }
        exchange.eventLoop.scheduleTask(in: .milliseconds(20)) {
            exchange.write(ByteBuffer(string: "three\n"))
            exchange.end()
        }
    }

    /// Writes for as long as the client takes it.
    private func flood(_ exchange: any Exchange) {
        exchange.begin(ResponseHead(status: 200))
        let chunk = ByteBuffer(repeating: 0x61, count: 65_536)
        @Sendable func fill() {
            while exchange.isWritable { exchange.write(chunk) }
        }
        exchange.onWritable(fill)
        fill()
    }
}

extension HTTPResponse {
    static func text(_ text: String, status: Int = 200) -> HTTPResponse {
        HTTPResponse(status: status, contentType: "text/plain", body: ByteBuffer(string: text))
    }
}

/// A responder of one answer to everything, as a closure.
struct Answering: Responder {
    private let answer: @Sendable (HTTPRequest, any Exchange) -> Void

    init(_ answer: @escaping @Sendable (HTTPRequest, any Exchange) -> Void) { self.answer = answer }

    func respond(to request: HTTPRequest, _ exchange: any Exchange) { answer(request, exchange) }
    func response(for refusal: Refusal) -> HTTPResponse { .text("\(refusal)\n", status: refusal.status) }
}

/// What responders count, on any thread.
final class Counter: Sendable {
    private let value = Atomic(0)

    @discardableResult
    func add(_ count: Int) -> Int { value.add(count, ordering: .relaxed).newValue }
    var count: Int { value.load(ordering: .relaxed) }
}

/// A server of the responder above on a socket in a folder of its own.
struct EchoServer {
    let folder = TemporaryFolder()
    let server: HTTPServer
    var path: String { folder["api.sock"] }

    init(limits: Limits = Limits(), responder: any Responder = EchoResponder()) async throws {
        server = HTTPServer(group: MultiThreadedEventLoopGroup.singleton, responder: responder, limits: limits)
        try await server.serve(try UnixListener.bind(path: folder["api.sock"], name: "api"))
    }

    func exchange(_ request: String) async throws -> String { try await RawClient(path: path).exchange(request) }

    func stop() async { await server.shutDown(grace: .zero) }
}
