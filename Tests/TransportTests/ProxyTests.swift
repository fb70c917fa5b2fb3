import NIOCore
import Testing
import TransportTestSupport

@testable import Transport

@Suite struct ProxyTests {
    private static let smuggled = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"

    private func proxy(to path: String, limits: Limits = Limits()) async throws -> EchoServer {
        try await EchoServer(
            limits: limits,
            responder: Answering { request, exchange in
                UnixProxy(socket: path).forward(request, exchange) { .text("\($0)\n", status: 503) }
            })
    }

    /// A body without a length would be requests of their own for the server behind.
    private func expectFraming(_ request: String, sourceLocation: SourceLocation = #_sourceLocation) {
        let head = request.prefix(request.count - Self.smuggled.count).lowercased()
        #expect(head.hasSuffix("\r\n\r\n"), "\(request)", sourceLocation: sourceLocation)
        #expect(
            head.contains("\r\ncontent-length: \(Self.smuggled.utf8.count)\r\n"), "\(request)",
            sourceLocation: sourceLocation)
        #expect(!head.contains("transfer-encoding"), "\(request)", sourceLocation: sourceLocation)
    }

    @Test(arguments: ["GET", "DELETE", "POST", "TRACE"], ["", "Connection: Upgrade\r\nUpgrade: websocket\r\n"])
    func chunkedBodiesGetALength(_ method: String, _ fields: String) async throws {
        let folder = TemporaryFolder()
        let behind = try RawServer(path: folder["behind.sock"])
        let server = try await proxy(to: folder["behind.sock"])
        let client = try RawClient(path: server.path)
        let size = String(Self.smuggled.utf8.count, radix: 16)
        try await client.send(
            "\(method) /log HTTP/1.1\r\nHost: x\r\n\(fields)Transfer-Encoding: chunked\r\n\r\n"
                + "\(size)\r\n\(Self.smuggled)\r\n0\r\n\r\n")
        let upstream = try await behind.accept()
        expectFraming(try await upstream.receive { $0.hasSuffix(Self.smuggled) })
        try await upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nyes")
        #expect(try await client.receive { $0.hasSuffix("0\r\n\r\n") }.contains("\r\nyes\r\n"))
        await server.stop()
    }

    @Test func bodiesOfHTTP2GetALength() async throws {
        let folder = TemporaryFolder()
        let behind = try RawServer(path: folder["behind.sock"])
        let server = try await proxy(to: folder["behind.sock"])
        let client = try await RawHTTP2(path: server.path)
        try await client.send(.request(1, "GET", "/log"), .data(1, Array(Self.smuggled.utf8), ends: true))
        let upstream = try await behind.accept()
        expectFraming(try await upstream.receive { $0.hasSuffix(Self.smuggled) })
        try await upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nyes")
        #expect(try await client.body(of: 1) == "yes")
        await server.stop()
    }

    @Test func requestsWithoutBodyStayWithout() async throws {
        let folder = TemporaryFolder()
        let behind = try RawServer(path: folder["behind.sock"])
        let server = try await proxy(to: folder["behind.sock"])
        let client = try RawClient(path: server.path)
        let fields = "Host: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        try await client.send("GET /exec HTTP/1.1\r\n\(fields)\r\n")
        let upstream = try await behind.accept()
        let request = try await upstream.receive { $0.hasSuffix("\r\n\r\n") }
        #expect(request == "GET /exec HTTP/1.1\r\n\(fields)\r\n")
        await server.stop()
    }

    /// Else the answer to a client that reads nothing would pile up here.
    @Test(arguments: [false, true])
    func theServerBehindWaitsForAClientThatDoesNotRead(isHTTP2: Bool) async throws {
        var limits = Limits()
        limits.stallTime = .seconds(1)
        let sent = Counter()
        let behind = try await EchoServer(responder: Self.hose(sent))
        let server = try await proxy(to: behind.path, limits: limits)
        let client = try await Self.request(server.path, isHTTP2: isHTTP2)
        try await eventually { sent.count > 0 && behind.server.connectionCount == 0 }
        #expect(sent.count < 16 << 20)
        if !isHTTP2 { try await eventually { server.server.connectionCount == 0 } }
        withExtendedLifetime(client) {}
        await server.stop()
        await behind.stop()
    }

    /// As much as is taken, but no more than a broken proxy has memory for.
    private static func hose(_ sent: Counter) -> Answering {
        let chunk = ByteBuffer(repeating: 0x61, count: 65_536)
        return Answering { _, exchange in
            @Sendable func fill() {
                while exchange.isWritable, sent.count < 64 << 20 {
                    sent.add(chunk.readableBytes)
                    exchange.write(chunk)
                }
            }
            exchange.begin(ResponseHead(status: 200))
            exchange.onWritable(fill)
            fill()
        }
    }

    private static func request(_ path: String, isHTTP2: Bool) async throws -> any Sendable {
        if isHTTP2 {
            let client = try await RawHTTP2(path: path)
            try await client.send(.request(1, "GET", "/", ends: true))
            return client
        }
        let client = try RawClient(path: path, receiveBuffer: 4096)
        try await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        return client
    }

    @Test func whatIsHeldBackComesWhenTheClientReads() async throws {
        let length = 8 << 20
        let behind = try await EchoServer(
            responder: Answering { _, exchange in
                exchange.send(.text(String(repeating: "a", count: length) + "end\n"))
            })
        let server = try await proxy(to: behind.path)
        let client = try RawClient(path: server.path, receiveBuffer: 4096)
        try await client.send("GET / HTTP/1.0\r\n\r\n")
        let head = try await client.receive { $0.contains("\r\n\r\n") }
        let rest = try await client.receive(count: 2 * length, within: 60)
        #expect(head.hasPrefix("HTTP/1.0 200 "))
        #expect(head.utf8.count + rest.count > length)
        #expect(rest.suffix(4).elementsEqual("end\n".utf8))
        await server.stop()
        await behind.stop()
    }
}
