import NIOCore
import Testing
import Transport
import TransportTestSupport

@Suite struct RequestTests {
    @Test func answersAndKeepsTheConnection() async throws {
        let server = try await EchoServer()
        let client = try RawClient(path: server.path)
        for round in 1...3 {
            try await client.send("GET /a?b=\(round) HTTP/1.1\r\nHost: x\r\n\r\n")
            let answer = try await client.receive { $0.hasSuffix(" 0\n") }
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(answer.hasSuffix("\r\n\r\nGET /a?b=\(round) 0\n"))
        }
        await server.stop()
    }

    @Test func answersPipelinedRequestsInOrder() async throws {
        let server = try await EchoServer()
        let requests = (0..<50).map { "POST /\($0) HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc" }.joined()
        let last = "GET /stream HTTP/1.1\r\nHost: x\r\n\r\nGET /end HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        let answer = try await server.exchange(requests + last)
        let lines = answer.utf8.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
        let bodies = lines.filter { $0.hasPrefix("POST /") || $0.hasPrefix("GET /") }
        #expect(bodies == (0..<50).map { "POST /\($0) 3" } + ["GET /end 0"])
        #expect(answer.contains("4\r\none\n\r\n4\r\ntwo\n\r\n6\r\nthree\n\r\n0\r\n\r\nHTTP/1.1 200 OK"))
        await server.stop()
    }

    @Test func takesChunkedBodies() async throws {
        let server = try await EchoServer()
        let answer = try await server.exchange(
            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n"
        )
        #expect(answer.hasSuffix("POST / 6\n"))
        await server.stop()
    }

    @Test func saysContinueToWhoWaitsForIt() async throws {
        let server = try await EchoServer()
        let client = try RawClient(path: server.path)
        try await client.send("PUT /x HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
        #expect(try await client.receive { $0.hasSuffix("\r\n\r\n") }.hasPrefix("HTTP/1.1 100 "))
        try await client.send("ab")
        #expect(try await client.receive { $0.hasSuffix("2\n") }.hasPrefix("HTTP/1.1 200 "))
        await server.stop()
    }

    @Test func streamsToOldClientsUntilTheEndOfTheConnection() async throws {
        let server = try await EchoServer()
        let answer = try await server.exchange("GET /stream HTTP/1.0\r\n\r\n")
        #expect(answer.hasSuffix("\r\n\r\none\ntwo\nthree\n"))
        #expect(answer.contains("\r\nConnection: close\r\n"))
        await server.stop()
    }

    @Test func answersHeadWithoutBody() async throws {
        let server = try await EchoServer()
        let answer = try await server.exchange("HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        #expect(answer.hasSuffix("\r\n\r\n"))
        #expect(answer.contains("\r\nContent-Length: 9\r\n"))
        await server.stop()
    }

    /// Not even the end of a chunked body, which the client would take for the beginning of the next answer.
    @Test func answersHeadOfAStreamWithoutBody() async throws {
        let server = try await EchoServer()
        let answer = try await server.exchange(
            "HEAD /stream HTTP/1.1\r\nHost: x\r\n\r\nGET /end HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        #expect(answer.ranges(of: "HTTP/1.1 200 OK\r\n").count == 2)
        #expect(answer.contains("\r\n\r\nHTTP/1.1 200 OK\r\n"))
        #expect(answer.ranges(of: "\r\n\r\n").count == 2, "two heads and the body of the second: \(answer)")
        #expect(answer.hasSuffix("\r\n\r\nGET /end 0\n"))
        await server.stop()
    }

    @Test func knowsItsPeer() async throws {
        let server = try await EchoServer()
        let answer = try await server.exchange("GET /who HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        let own = PeerIdentity.own
        #expect(answer.contains("pid: \(own.pid), uid: \(own.uid), gid: \(own.gid)"))
        await server.stop()
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400),
        ("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: x\r\nX : a\r\n\r\n", 400),
        ("GET / HTTP/1.1\nHost: x\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: x\r\nX: a\rb\r\n\r\n", 400),
        ("GET / HTTP/9.1\r\nHost: x\r\n\r\n", 400),
        ("BREW / HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        ("\u{16}\u{3}\u{1}hello", 400),
        ("GET / HTTP/1.1\r\nHost: x\r\nX: \(String(repeating: "a", count: 17_000))\r\n\r\n", 431),
        ("GET /\(String(repeating: "a", count: 17_000)) HTTP/1.1\r\nHost: x\r\n\r\n", 431),
        ("GET / HTTP/1.1\r\nHost: x\r\n\(String(repeating: "X: a\r\n", count: 101))\r\n", 431),
        ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4000000\r\n\r\n", 413),
    ])
    func refuses(_ request: String, status: Int) async throws {
        let server = try await EchoServer()
        let answer = try await server.exchange(request)
        #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer.prefix(300))")
        #expect(answer.contains("\r\nConnection: close\r\n"))
        await server.stop()
    }

    @Test func letsTheClientOfATooLongBodyReadTheAnswer() async throws {
        var limits = Limits()
        limits.bodyBytes = 262_144
        let server = try await EchoServer(limits: limits)
        let body = String(repeating: "a", count: 300_000)
        let answer = try await server.exchange(
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
        #expect(answer.hasPrefix("HTTP/1.1 413 "))
        await server.stop()
    }
}
