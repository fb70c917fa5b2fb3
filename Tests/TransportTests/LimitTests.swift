import NIOConcurrencyHelpers
import NIOCore
import Testing
import Transport
import TransportTestSupport

@Suite struct LimitTests {
    private static var quick: Limits {
        var limits = Limits()
        limits.headerTime = .seconds(1)
        limits.bodyTime = .milliseconds(200)
        limits.bodyBytesPerSecond = 100_000_000
        limits.idleTime = .milliseconds(300)
        limits.stallTime = .milliseconds(300)
        return limits
    }

    @Test func cutsHeadersThatTrickle() async throws {
        let server = try await EchoServer(limits: Self.quick)
        let client = try RawClient(path: server.path)
        try await client.send("GET / HT")
        #expect(try await client.receiveToEnd().hasPrefix("HTTP/1.1 408 "))
        await server.stop()
    }

    @Test func cutsBodiesThatTrickle() async throws {
        let server = try await EchoServer(limits: Self.quick)
        let client = try RawClient(path: server.path)
        try await client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc")
        #expect(try await client.receiveToEnd().hasPrefix("HTTP/1.1 408 "))
        await server.stop()
    }

    @Test func closesIdleConnectionsWithoutAWord() async throws {
        let server = try await EchoServer(limits: Self.quick)
        let client = try RawClient(path: server.path)
        #expect(try await client.receiveToEnd() == "")
        await server.stop()
    }

    @Test func doesNotCloseAConnectionThatWaitsForItsAnswer() async throws {
        let server = try await EchoServer(limits: Self.quick)
        let client = try RawClient(path: server.path)
        try await client.send("GET /never HTTP/1.1\r\nHost: x\r\n\r\n")
        await #expect(throws: RawClient.Failure.self) { try await client.receive(within: 2) { _ in false } }
        await server.stop()
    }

    @Test func cutsClientsThatDoNotRead() async throws {
        let server = try await EchoServer(limits: Self.quick)
        let client = try RawClient(path: server.path, receiveBuffer: 4096)
        try await client.send("GET /flood HTTP/1.1\r\nHost: x\r\n\r\n")
        _ = try await client.receive { $0.contains("200 OK") }
        try await eventually { server.server.connectionCount == 0 }
        let answer = try await client.receiveToEnd()
        #expect(answer.utf8.count < 4_000_000, "a client that does not read must not make the server buffer")
        #expect(!answer.hasSuffix("0\r\n\r\n"))
        await server.stop()
    }

    /// Bytes that are written behind those that the client does not take are no progress of it.
    @Test func cutsClientsThatDoNotReadThoughMoreIsWritten() async throws {
        let server = try await EchoServer(
            limits: Self.quick,
            responder: Answering { _, exchange in
                exchange.begin(ResponseHead(status: 200))
                let chunk = ByteBuffer(repeating: 0x61, count: 65_536)
                while exchange.isWritable { exchange.write(chunk) }
                let drip = exchange.eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: .milliseconds(20)) { _ in
                    exchange.write(ByteBuffer(string: "more"))
                }
                exchange.onClose { drip.cancel() }
            })
        let client = try RawClient(path: server.path, receiveBuffer: 4096)
        try await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        _ = try await client.receive { $0.contains("200 OK") }
        try await eventually { server.server.connectionCount == 0 }
        await server.stop()
    }

    /// The client's requests wait in its own buffers, and their answers are not even thought of.
    @Test func stopsReadingFromClientsThatOnlySend() async throws {
        var limits = Limits()
        limits.stallTime = .milliseconds(500)
        let answered = Counter()
        let server = try await EchoServer(
            limits: limits,
            responder: Answering { _, exchange in
                answered.add(1)
                exchange.send(.text(String(repeating: "a", count: 2048)))
            })
        let client = try RawClient(path: server.path, receiveBuffer: 4096)
        let requests = String(repeating: "GET / HTTP/1.1\r\nHost: x\r\n\r\n", count: 50_000)
        await #expect(throws: RawClient.Failure.self) { try await client.send(requests) }
        #expect(answered.count < 5_000)
        try await eventually { server.server.connectionCount == 0 }
        await server.stop()
    }

    /// What waited while the client read nothing is answered when it reads again.
    @Test func goesOnWhenTheClientReads() async throws {
        let server = try await EchoServer(
            responder: Answering { request, exchange in
                exchange.send(.text(String(repeating: "a", count: 4096) + request.target + "\n"))
            })
        let client = try RawClient(path: server.path, receiveBuffer: 4096)
        let requests = (0..<400).map { "GET /\($0) HTTP/1.1\r\nHost: x\r\n\r\n" }.joined()
        try await client.send(requests + "GET /end HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        let answer = try await client.receiveToEnd(within: 60)
        let targets = answer.utf8.split(separator: UInt8(ascii: "\n")).filter { $0.first == UInt8(ascii: "a") }.map {
            String(decoding: $0.drop { $0 == UInt8(ascii: "a") }, as: UTF8.self)
        }
        #expect(targets == (0..<400).map { "/\($0)" } + ["/end"])
        await server.stop()
    }

    /// A long answer may need longer than the client may stall: what counts is that it moves.
    @Test func letsSlowClientsReadLongAnswers() async throws {
        var limits = Limits()
        limits.stallTime = .seconds(3)
        let length = 4 << 20
        let server = try await EchoServer(
            limits: limits,
            responder: Answering { _, exchange in exchange.send(.text(String(repeating: "a", count: length))) })
        let client = try RawClient(path: server.path)
        try await client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        var received = 0
        while true {
            let some = try await client.receive(count: 128 * 1024)
            received += some.count
            if some.isEmpty { break }
            // The slowness itself; it makes up more than the time to stall.
            try await Task.sleep(for: .milliseconds(125))
        }
        #expect(received > length)
        await server.stop()
    }

    @Test func capsConnectionsOfAUser() async throws {
        var limits = Limits()
        limits.connectionsPerUser = 2
        let server = try await EchoServer(limits: limits)
        let first = try RawClient(path: server.path)
        var second: RawClient? = try RawClient(path: server.path)
        try await first.send("GET /1 HTTP/1.1\r\nHost: x\r\n\r\n")
        try await second?.send("GET /2 HTTP/1.1\r\nHost: x\r\n\r\n")
        _ = try await first.receive { $0.hasSuffix("0\n") }
        _ = try await second?.receive { $0.hasSuffix("0\n") }
        #expect(try await RawClient(path: server.path).receiveToEnd() == "")
        second = nil
        try await eventually { server.server.connectionCount == 1 }
        #expect(try await server.exchange("GET /3 HTTP/1.0\r\n\r\n").hasSuffix("GET /3 0\n"))
        await server.stop()
    }

    @Test func capsRequestsInFlight() async throws {
        var limits = Limits()
        limits.requestsPerUser = 1
        let responder = EchoResponder()
        let server = try await EchoServer(limits: limits, responder: responder)
        var hanging: RawClient? = try RawClient(path: server.path)
        try await hanging?.send("GET /never HTTP/1.1\r\nHost: x\r\n\r\n")
        // Not before: a request that came while another is under way would be the refused one.
        try await eventually { responder.unanswered.withLockedValue { $0 } == 1 }
        #expect(try await server.exchange("GET / HTTP/1.0\r\n\r\n").hasPrefix("HTTP/1.0 429 "))
        hanging = nil
        try await eventually {
            try await server.exchange("GET / HTTP/1.0\r\n\r\n").hasPrefix("HTTP/1.0 200 ")
        }
        await server.stop()
    }
}

/// Waits until `condition` holds; fails after ten seconds.
func eventually(_ condition: () async throws -> Bool) async throws {
    for _ in 0..<1000 {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(10))
    }
    throw RawClient.Failure(description: "the condition did not come true")
}
