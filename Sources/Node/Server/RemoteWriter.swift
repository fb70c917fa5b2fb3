import NIOCore
import NIOWebSocket
import Objects

/// Writes messages of `channel.k8s.io`: the first byte says which stream they belong to.
struct RemoteWriter: Sendable {
    enum Channel: UInt8 { case stdin = 0, stdout = 1, stderr = 2, error = 3, resize = 4, close = 255 }

    private let outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>
    private let channel: any NIOCore.Channel

    init(_ outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>, _ channel: any NIOCore.Channel) {
        self.outbound = outbound
        self.channel = channel
    }

    func write(_ bytes: ByteBuffer, to channel: UInt8) async throws {
        var data = ByteBuffer(bytes: [channel])
        var bytes = bytes
        data.writeBuffer(&bytes)
        try await outbound.write(WebSocketFrame(fin: true, opcode: .binary, data: data))
    }

    func write(_ bytes: ByteBuffer, to channel: Channel) async throws { try await write(bytes, to: channel.rawValue) }

    /// Says how it ended, then closes.
    func finish(_ status: JSON) async throws {
        try await write(ByteBuffer(bytes: JSONEncoder.encode(status)), to: .error)
        try await close()
    }

    func close() async throws {
        var code = ByteBuffer()
        code.write(webSocketErrorCode: .normalClosure)
        // The channel is closed right after this, which drops what it has not written: so wait for the socket to have
        // taken the last frame, and with it everything before.
        try await channel.writeAndFlush(WebSocketFrame(fin: true, opcode: .connectionClose, data: code))
    }

    func pong(_ data: ByteBuffer) async throws {
        try await outbound.write(WebSocketFrame(fin: true, opcode: .pong, data: data))
    }
}

/// How a remote command ended, in upstream's words.
enum RemoteEnd {
    static let success: JSON = ["metadata": .object(JSONObject()), "status": "Success"]

    static func exited(_ code: CInt) -> JSON {
        guard code != 0 else { return success }
        return [
            "metadata": .object(JSONObject()), "status": "Failure", "reason": "NonZeroExitCode",
            "message": .string("command terminated with non-zero exit code: exit code \(code)"),
            "details": ["causes": [["reason": "ExitCode", "message": .string(String(code))]]],
        ]
    }

    static func failed(_ message: String) -> JSON {
        [
            "metadata": .object(JSONObject()), "status": "Failure", "reason": "InternalError", "code": 500,
            "message": .string("Internal error occurred: error executing command in container: \(message)"),
        ]
    }
}

/// Reads whole messages, whatever frames they come in.
struct RemoteMessages {
    private var partial: ByteBuffer?
    private static let limit = 32 << 20

    enum Event {
        case message(channel: UInt8, ByteBuffer)
        case ping(ByteBuffer)
        case closed
    }

    /// Nil while a message is incomplete.
    mutating func add(_ frame: WebSocketFrame) throws(NodeError) -> Event? {
        switch frame.opcode {
        case .ping: return .ping(frame.unmaskedData)
        case .connectionClose: return .closed
        case .binary, .text, .continuation: break
        default: return nil
        }
        var data = frame.unmaskedData
        guard (partial?.readableBytes ?? 0) + data.readableBytes <= Self.limit else {
            throw NodeError(.unavailable, "a message of more than \(Self.limit) bytes")
        }
        if partial == nil { partial = data } else { partial?.writeBuffer(&data) }
        guard frame.fin, var message = partial else { return nil }
        partial = nil
        guard let channel = message.readInteger(as: UInt8.self) else { return nil }
        return .message(channel: channel, message)
    }
}
