import NIOCore
import Testing
import TransportTestSupport

@testable import Transport

@Suite struct HTTP2Tests {
    private static let frame = [UInt8](repeating: 0x61, count: 16_384)

    /// A request with a body of a MiB.
    private func upload(_ client: RawHTTP2, on stream: UInt32) async throws -> String {
        let frames = (1...64).map { RawFrame.data(stream, Self.frame, ends: $0 == 64) }
        try await client.send([RawFrame.request(stream, "POST", "/last", length: 1 << 20)] + frames)
        return try await client.body(of: stream)
    }

    /// They never get out of the HTTP/2 handler, but use the connection's window up like all others.
    @Test func framesOfResetStreamsDoNotUseTheWindowUp() async throws {
        let server = try await EchoServer()
        let client = try await RawHTTP2(path: server.path)
        let streams = stride(from: UInt32(1), to: 41, by: 2)
        // Too long, and therefore refused at once; reset when their clients do not end them.
        try await client.send(streams.map { RawFrame.request($0, "POST", "/", length: 4_000_000) })
        var open = Set(streams)
        while !open.isEmpty {
            let next = try await client.next(within: 30)
            let frame = try #require(next)
            if frame.kind == RawFrame.Kind.reset { open.remove(frame.stream) }
        }
        for stream in streams {
            try await client.send((0..<30).map { _ in RawFrame.data(stream, Self.frame) })
        }
        #expect(try await upload(client, on: 41) == "POST /last 1048576\n")
        await server.stop()
    }

    @Test func bodiesThatAreTakenDoNotUseTheWindowUp() async throws {
        let server = try await EchoServer()
        let client = try await RawHTTP2(path: server.path)
        for stream in stride(from: UInt32(1), to: 33, by: 2) {
            #expect(try await upload(client, on: stream) == "POST /last 1048576\n")
        }
        await server.stop()
    }

    @Test func givesBackNoMoreThanWasUsed() {
        var window = ConnectionWindow()
        window.hasGrown(by: 1000)
        // A frame of which the first half has come counts as a whole.
        window.received(50)
        window.held += 50
        window.isLeft(66_535 - 100)
        #expect(window.take(atLeast: 1) == 50)
        window.received(50)
        window.held += 50
        window.isLeft(66_535 - 100)
        // The update that gave the half back is still on its way.
        #expect(window.take(atLeast: 1) == nil)
        window.hasGrown(by: 50)
        window.held -= 100
        #expect(window.take(atLeast: 51) == nil)
        #expect(window.take(atLeast: 50) == 50)
        // Whether that counts already or not.
        window.isLeft(66_535)
        window.isLeft(66_535 - 50)
        #expect(window.take(atLeast: 1) == nil)
        window.hasGrown(by: 50)
        // Frames that nobody sees.
        window.isLeft(66_535 - 300)
        #expect(window.take(atLeast: 1) == 300)
        #expect(window.take(atLeast: 1) == nil)
    }

    @Test func answersHeadOfAStreamWithoutBody() async throws {
        let server = try await EchoServer()
        let client = try await RawHTTP2(path: server.path)
        try await client.send(.request(1, "HEAD", "/stream", ends: true))
        #expect(try await client.body(of: 1) == "")
        await server.stop()
    }

    /// A long answer may need longer than the client may stall: what counts is that it moves.
    @Test func letsSlowClientsReadLongAnswers() async throws {
        var limits = Limits()
        limits.stallTime = .seconds(3)
        let length = 2 << 20
        let server = try await EchoServer(
            limits: limits,
            responder: Answering { _, exchange in exchange.send(.text(String(repeating: "a", count: length))) })
        let client = try await RawHTTP2(path: server.path)
        try await client.send(.windowUpdate(0, 1 << 24), .request(1, "GET", "/", ends: true))
        var (received, allowed) = (0, 65_535)
        while received < length {
            let next = try await client.next()
            let frame = try #require(next)
            guard frame.stream == 1 else { continue }
            try #require(frame.kind != RawFrame.Kind.reset)
            if frame.kind == RawFrame.Kind.data { received += frame.payload.count }
            guard received == allowed else { continue }
            // The slowness itself; it makes up more than the time to stall.
            try await Task.sleep(for: .milliseconds(125))
            try await client.send(.windowUpdate(1, 65_536))
            allowed += 65_536
        }
        await server.stop()
    }
}
