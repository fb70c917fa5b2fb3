/// A frame of HTTP/2 (RFC 9113, 4.1).
package struct RawFrame: Sendable {
    package enum Kind {
        package static let data: UInt8 = 0
        package static let headers: UInt8 = 1
        package static let reset: UInt8 = 3
        package static let settings: UInt8 = 4
        package static let goAway: UInt8 = 7
        package static let windowUpdate: UInt8 = 8
    }

    package var kind: UInt8
    package var flags: UInt8
    package var stream: UInt32
    package var payload: [UInt8]

    init(_ kind: UInt8, flags: UInt8 = 0, stream: UInt32, _ payload: [UInt8] = []) {
        (self.kind, self.flags, self.stream, self.payload) = (kind, flags, stream, payload)
    }

    /// A request's fields, none of them compressed; names and values are shorter than 127 bytes.
    package static func request(
        _ stream: UInt32, _ method: String, _ target: String, length: Int? = nil, ends: Bool = false
    ) -> RawFrame {
        var fields = [(":method", method), (":scheme", "http"), (":path", target), (":authority", "x")]
        if let length { fields.append(("content-length", String(length))) }
        var block: [UInt8] = []
        for (name, value) in fields {
            block.append(0)
            for text in [name, value] {
                block.append(UInt8(text.utf8.count))
                block.append(contentsOf: text.utf8)
            }
        }
        return RawFrame(Kind.headers, flags: ends ? 5 : 4, stream: stream, block)
    }

    package static func data(_ stream: UInt32, _ bytes: [UInt8], ends: Bool = false) -> RawFrame {
        RawFrame(Kind.data, flags: ends ? 1 : 0, stream: stream, bytes)
    }

    package static func windowUpdate(_ stream: UInt32, _ increment: UInt32) -> RawFrame {
        RawFrame(Kind.windowUpdate, stream: stream, bigEndian(increment))
    }

    /// Nothing follows on its stream.
    package var endsStream: Bool {
        kind == Kind.reset || (kind == Kind.data || kind == Kind.headers) && flags & 1 != 0
    }

    var bytes: [UInt8] {
        var bytes = Array(Self.bigEndian(UInt32(payload.count)).dropFirst())
        bytes.append(kind)
        bytes.append(flags)
        bytes.append(contentsOf: Self.bigEndian(stream))
        bytes.append(contentsOf: payload)
        return bytes
    }

    static func bigEndian(_ number: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) }
    }
}

/// A client of HTTP/2 that sends what frames it is told to, whether it may or not, and takes no account of windows.
package final class RawHTTP2: Sendable {
    private let client: RawClient

    /// Exchanges the settings; the server's are acknowledged before anything else is sent.
    package init(path: String) async throws {
        client = try RawClient(path: path)
        let settings = RawFrame(RawFrame.Kind.settings, stream: 0)
        try await client.send(Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + settings.bytes)
        while let frame = try await next() {
            if frame.kind == RawFrame.Kind.settings, frame.flags == 0 { break }
        }
        try await client.send(RawFrame(RawFrame.Kind.settings, flags: 1, stream: 0).bytes)
    }

    package func send(_ frames: RawFrame...) async throws { try await send(frames) }
    package func send(_ frames: [RawFrame]) async throws { try await client.send(frames.flatMap(\.bytes)) }

    /// nil at the end of the connection.
    package func next(within seconds: Int = 10) async throws -> RawFrame? {
        let head = try await client.receive(count: 9, within: seconds)
        guard head.count == 9 else { return nil }
        let length = head[..<3].reduce(0) { $0 << 8 | Int($1) }
        let stream = head[5...].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        let payload = try await client.receive(count: length, within: seconds)
        return RawFrame(head[3], flags: head[4], stream: stream, payload)
    }

    /// The body of a stream's answer; fails if the stream breaks.
    package func body(of stream: UInt32) async throws -> String {
        var body: [UInt8] = []
        while let frame = try await next() {
            guard frame.kind != RawFrame.Kind.goAway else { break }
            guard frame.stream == stream else { continue }
            guard frame.kind != RawFrame.Kind.reset else { break }
            if frame.kind == RawFrame.Kind.data { body += frame.payload }
            if frame.endsStream { return String(decoding: body, as: UTF8.self) }
        }
        throw RawClient.Failure(description: "stream \(stream) broke behind \(body.count) bytes")
    }
}
