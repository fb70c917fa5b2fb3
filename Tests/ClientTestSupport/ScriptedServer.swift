import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket

/// A server on a Unix socket in a folder of its own that answers each request as a test says.
package final class ScriptedServer: Sendable {
    package let path: String
    private let folder: String
    private let channel: any Channel

    /// - Parameters:
    ///   - webSocket: answers one message with others; nil refuses upgrades, so that `answer` gets the request.
    ///   - answer: called on an event loop for each complete request.
    package init(
        subprotocol: String = "v5.channel.k8s.io", webSocket: (@Sendable ([UInt8]) -> [[UInt8]])? = nil,
        _ answer: @escaping @Sendable (ScriptedRequest, ScriptedAnswer) -> Void
    ) async throws {
        let folder = try Self.makeFolder()
        let path = folder + "/api.sock"
        (self.folder, self.path) = (folder, path)
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handler = ScriptedHandler(answer)
                    let loopBound = NIOLoopBound(handler, eventLoop: channel.eventLoop)
                    let upgrader = Self.upgrader(subprotocol, webSocket)
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(
                        withServerUpgrade: (
                            upgraders: [upgrader],
                            completionHandler: {
                                $0.pipeline.syncOperations.removeHandler(loopBound.value, promise: nil)
                            }
                        ))
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
            .bind(unixDomainSocketPath: path).get()
    }

    package func stop() async throws {
        try await channel.close()
        unlink(path)
        rmdir(folder)
    }

    private static func makeFolder() throws -> String {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/berth-client-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { throw IOError(errnoCode: errno, reason: "mkdtemp in \(parent)") }
        return String(cString: made)
    }

    private static func upgrader(_ subprotocol: String, _ reply: (@Sendable ([UInt8]) -> [[UInt8]])?)
        -> NIOWebSocketServerUpgrader
    {
        NIOWebSocketServerUpgrader(
            maxFrameSize: 1 << 20,
            shouldUpgrade: { channel, _ in
                let headers: HTTPHeaders? = reply == nil ? nil : ["Sec-WebSocket-Protocol": subprotocol]
                return channel.eventLoop.makeSucceededFuture(headers)
            },
            upgradePipelineHandler: { channel, _ in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ScriptedWebSocket(reply ?? { _ in [] }))
                }
            })
    }
}

package struct ScriptedRequest: Sendable {
    package var method: String
    package var uri: String
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]
    /// Which connection it came on.
    package var connection: ObjectIdentifier

    package var text: String { String(decoding: body, as: UTF8.self) }
    package func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}

/// Sends an answer, in parts if need be. May be called from any thread.
package struct ScriptedAnswer: Sendable {
    let channel: any Channel

    package func send(_ body: String) { send(200, body) }

    package func send(
        _ status: Int, _ body: String, headers: [(String, String)] = [("Content-Type", "application/json")]
    ) {
        begin(status, headers: headers + [("Content-Length", String(body.utf8.count))])
        part(body)
        end()
    }

    package func begin(_ status: Int = 200, headers: [(String, String)] = []) {
        let head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: status), headers: HTTPHeaders(headers))
        channel.writeAndFlush(HTTPServerResponsePart.head(head), promise: nil)
    }

    package func part(_ text: String) {
        channel.writeAndFlush(HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(string: text))), promise: nil)
    }

    package func end() { channel.writeAndFlush(HTTPServerResponsePart.end(nil), promise: nil) }

    package func hangUp() { channel.close(promise: nil) }

    /// Completes when the client has closed the connection.
    package func closed() async throws { try await channel.closeFuture.get() }
}

private final class ScriptedHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let answer: @Sendable (ScriptedRequest, ScriptedAnswer) -> Void
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []

    init(_ answer: @escaping @Sendable (ScriptedRequest, ScriptedAnswer) -> Void) { self.answer = answer }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): (self.head, body) = (head, [])
        case .body(let bytes): body += bytes.readableBytesView
        case .end:
            guard let head else { return }
            let request = ScriptedRequest(
                method: head.method.rawValue, uri: head.uri, headers: head.headers.map { ($0.name, $0.value) },
                body: body,
                connection: ObjectIdentifier(context.channel))
            answer(request, ScriptedAnswer(channel: context.channel))
        }
    }
}

private final class ScriptedWebSocket: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    private let reply: @Sendable ([UInt8]) -> [[UInt8]]

    init(_ reply: @escaping @Sendable ([UInt8]) -> [[UInt8]]) { self.reply = reply }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        guard frame.opcode == .binary else {
            if frame.opcode == .connectionClose { context.close(promise: nil) }
            return
        }
        for message in reply(Array(frame.unmaskedData.readableBytesView)) {
            // An empty reply stands for the end of the session.
            let opcode: WebSocketOpcode = message.isEmpty ? .connectionClose : .binary
            let frame = WebSocketFrame(fin: true, opcode: opcode, data: ByteBuffer(bytes: message))
            context.writeAndFlush(wrapOutboundOut(frame), promise: nil)
        }
    }
}
