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
