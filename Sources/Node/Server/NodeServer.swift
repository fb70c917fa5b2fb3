import Glibc
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket
import Objects

typealias FrameChannel = NIOAsyncChannel<WebSocketFrame, WebSocketFrame>
typealias RequestChannel = NIOAsyncChannel<HTTPServerRequestPart, HTTPPart<HTTPResponseHead, ByteBuffer>>

/// The node's socket: log, exec, attach and port-forward, for berthd only.
struct NodeServer: Sendable {
    enum Connection: Sendable {
        case frames(FrameChannel, HTTPRequestHead)
        case requests(RequestChannel)
    }

    private let context: NodeContext
    private let pods: PodManager
    private static let protocols = ["v5.channel.k8s.io", "v4.channel.k8s.io"]

    init(_ context: NodeContext, _ pods: PodManager) {
        self.context = context
        self.pods = pods
    }

    /// Opens the socket and serves it in the background.
    func start() async throws {
        try NodeSocket.makePlace(context.settings.nodeSocket)
        let mask = umask(0o117)
        defer { umask(mask) }
        try await listen()
    }

    /// The same with the modes of files left as they are: they are the whole process's, and so no matter of a test.
    func listen() async throws {
        let path = context.settings.nodeSocket
        let trusted = Set([0, getuid()] + [context.settings.trustedUser].compactMap { $0 })
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.backlog, value: 256)
            .bind(unixDomainSocketPath: path) { channel in accept(channel, trusted) }
        if let user = context.settings.trustedUser { NodeSocket.giveTo(user, path) }
        Task { @concurrent in await serve(server) }
    }

    private func accept(_ channel: any Channel, _ trusted: Set<UInt32>) -> EventLoopFuture<EventLoopFuture<Connection>>
    {
        PeerCheck.uid(of: channel).flatMap { uid -> EventLoopFuture<EventLoopFuture<Connection>> in
            guard trusted.contains(uid) else {
                return channel.eventLoop.makeFailedFuture(
                    NodeError(.unavailable, "uid \(uid) may not use the node's socket; ask berthd's API"))
            }
            return configure(channel)
        }
    }

    private func configure(_ channel: any Channel) -> EventLoopFuture<EventLoopFuture<Connection>> {
        channel.eventLoop.makeCompletedFuture {
            let upgrader = NIOTypedWebSocketServerUpgrader<Connection>(
                maxFrameSize: 1 << 20,
                shouldUpgrade: { channel, head in channel.eventLoop.makeSucceededFuture(headers(for: head)) },
                upgradePipelineHandler: { channel, head in
                    channel.eventLoop.makeCompletedFuture {
                        .frames(try FrameChannel(wrappingChannelSynchronously: channel), head)
                    }
                })
            let upgrade = NIOTypedHTTPServerUpgradeConfiguration(
                upgraders: [upgrader],
                notUpgradingCompletionHandler: { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(ResponseBytes())
                        return .requests(try RequestChannel(wrappingChannelSynchronously: channel))
                    }
                })
            return try channel.pipeline.syncOperations.configureUpgradableHTTPServerPipeline(
                configuration: .init(upgradeConfiguration: upgrade))
        }
    }

    /// Nil refuses the upgrade; the request is then answered with the reason.
    private func headers(for head: HTTPRequestHead) -> HTTPHeaders? {
        let offered = head.headers[canonicalForm: "Sec-WebSocket-Protocol"].map(String.init)
        // A pod that is not here (yet) is told over the WebSocket: a refused upgrade would leave the client without any
        // answer, because NIO hands on no request after it.
        return Self.protocols.first(where: { offered.contains($0) }).map { ["Sec-WebSocket-Protocol": $0] }
    }

    private func serve(_ server: NIOAsyncChannel<EventLoopFuture<Connection>, Never>) async {
        await withDiscardingTaskGroup { group in
            do {
                try await server.executeThenClose { inbound in
                    for try await connection in inbound {
                        group.addTask { @concurrent in await serve(connection) }
                    }
                }
            } catch {
                context.log.error("the node's socket is closed", metadata: ["error": "\(error)"])
            }
        }
    }

    private func serve(_ connection: EventLoopFuture<Connection>) async {
        do {
            switch try await connection.get() {
            case .frames(let channel, let head): try await serve(channel, head)
            case .requests(let channel): try await serve(channel)
            }
        } catch {
            context.log.debug("connection ended", metadata: ["error": "\(error)"])
        }
    }

    // MARK: Requests

    private func worker(_ uri: String) async throws(Status) -> (RemoteRequest, PodWorker) {
        guard let request = RemoteRequest(uri: uri) else { throw Status.unknownPath() }
        guard await pods.isCaughtUp(within: 10) else {
            throw Status.serviceUnavailable("berth-node has not yet heard from berthd which pods it has; try again")
        }
        guard let worker = pods.worker(namespace: request.namespace, name: request.pod) else {
            throw Status.notFound(.pods, request.pod)
        }
        return (request, worker)
    }

    private func serve(_ channel: FrameChannel, _ head: HTTPRequestHead) async throws {
        let offered = head.headers[canonicalForm: "Sec-WebSocket-Protocol"].map(String.init)
        try await channel.executeThenClose { inbound, outbound in
            let writer = RemoteWriter(outbound, channel.channel)
            do {
                let (request, worker) = try await worker(head.uri)
                let session = RemoteSession(
                    context: context, worker: worker, request: request,
                    canCloseChannels: offered.contains(Self.protocols[0]))
                try await session.run(inbound, writer)
            } catch let status as Status {
                try await writer.finish(status.json)
            }
        }
    }

    private func serve(_ channel: RequestChannel) async throws {
        try await channel.executeThenClose { inbound, outbound in
            // What comes behind a request that its client called the last one is none. The connection is the client's
            // to close, all the same: closing it here would cut off what has not left yet of the answer.
            var isLast = false
            for try await part in inbound {
                guard case .head(let head) = part, !isLast else { continue }
                isLast = !head.isKeepAlive
                do {
                    if let report = try await VolumeKeeper(context).answer(head.method.rawValue, head.uri) {
                        try await answer(report, 200, outbound)
                        continue
                    }
                    let (request, worker) = try await worker(head.uri)
                    guard request.verb == .log else {
                        throw Status.badRequest(
                            "\(request.verb.rawValue) needs a WebSocket with one of the protocols "
                                + Self.protocols.joined(separator: ", "))
                    }
                    let session = LogSession(context: context, worker: worker, request: request)
                    try await session.run(outbound, channel.channel)
                } catch let status as Status {
                    try await answer(status.json, status.code, outbound)
                } catch let error as NodeError {
                    try await answer(Status.internalError(error.message).json, 500, outbound)
                }
            }
        }
    }

    private func answer(
        _ body: JSON, _ code: Int, _ outbound: NIOAsyncChannelOutboundWriter<HTTPPart<HTTPResponseHead, ByteBuffer>>
    ) async throws {
        let body = ByteBuffer(bytes: JSONEncoder.encode(body))
        var head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: code))
        head.headers = ["Content-Type": "application/json", "Content-Length": String(body.readableBytes)]
        try await outbound.write(.head(head))
        try await outbound.write(.body(body))
        try await outbound.write(.end(nil))
    }
}

/// A body as `ByteBuffer`s, for NIOAsyncChannel.
private final class ResponseBytes: ChannelOutboundHandler {
    typealias OutboundIn = HTTPPart<HTTPResponseHead, ByteBuffer>
    typealias OutboundOut = HTTPServerResponsePart

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let part: HTTPServerResponsePart =
            switch unwrapOutboundIn(data) {
            case .head(let head): .head(head)
            case .body(let bytes): .body(.byteBuffer(bytes))
            case .end(let trailers): .end(trailers)
            }
        context.write(wrapOutboundOut(part), promise: promise)
    }
}
