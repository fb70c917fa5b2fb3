import NIOCore
import NIOHTTP1
import NIOWebSocket
import Objects

extension HTTPTransport {
    /// Asks for a WebSocket of one of the sub-protocols, the first being the most welcome.
    ///
    /// - Throws: `Status` when the server answers something else than 101, `ClientError`, `CancellationError`
    package func webSocket(_ uri: String, subprotocols: [String], timeout: Double = 30) async throws -> RemoteSession {
        let request = APIRequest(
            .get, uri, headers: [("Sec-WebSocket-Protocol", subprotocols.joined(separator: ", "))])
        let negotiated = try await negotiate(head(of: request), timeout: timeout)
        switch negotiated {
        case .session(let session):
            guard subprotocols.contains(session.subprotocol) else {
                session.close()
                throw ClientError(
                    .malformedAnswer,
                    "the server chose the sub-protocol '\(session.subprotocol)', which was not offered")
            }
            return session
        case .refused(let response):
            throw Status(answer: response)
        }
    }

    private func negotiate(_ head: HTTPRequestHead, timeout: Double) async throws -> UpgradeAnswer {
        let endpoint = endpoint
        let promise = pool.makePromise(of: UpgradeAnswer.self)
        let channel: any Channel
        do {
            channel = try await pool.open(autoRead: true) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try Self.upgradePipeline(of: channel, head: head, endpoint: endpoint)
                        .flatMap { $0.complete }.cascade(to: promise)
                }
            }
        } catch {
            promise.fail(error)
            throw error
        }
        // A server that accepts and then says nothing, or that hangs up, must not leave the caller waiting.
        let deadline = channel.eventLoop.scheduleTask(in: .nanoseconds(Int64(timeout * 1e9))) {
            promise.fail(ClientError.timedOut(endpoint, after: timeout))
            channel.close(promise: nil)
        }
        channel.closeFuture.whenComplete { _ in promise.fail(ClientError.disconnected(endpoint)) }
        defer { deadline.cancel() }
        return try await withTaskCancellationHandler {
            try await promise.futureResult.get()
        } onCancel: {
            channel.close(promise: nil)
        }
    }

    private static func upgradePipeline(of channel: any Channel, head: HTTPRequestHead, endpoint: APIEndpoint) throws
        -> EventLoopFuture<PendingAnswer>
    {
        let upgrader = NIOTypedWebSocketClientUpgrader<PendingAnswer>(maxFrameSize: 1 << 20) { channel, answer in
            channel.eventLoop.makeCompletedFuture {
                .session(try session(on: channel, answer: answer, endpoint: endpoint))
            }
        }
        let configuration = NIOTypedHTTPClientUpgradeConfiguration(upgradeRequestHead: head, upgraders: [upgrader]) {
            channel in
            channel.eventLoop.makeCompletedFuture {
                let promise = channel.eventLoop.makePromise(of: APIResponse.self)
                try channel.pipeline.syncOperations.addHandler(RefusalCollector(promise, endpoint))
                return .refusal(promise.futureResult)
            }
        }
        var pipeline = NIOUpgradableHTTPClientPipelineConfiguration(upgradeConfiguration: configuration)
        pipeline.leftOverBytesStrategy = .forwardBytes
        return try channel.pipeline.syncOperations.configureUpgradableHTTPClientPipeline(configuration: pipeline)
    }

    private static func session(on channel: any Channel, answer: HTTPResponseHead, endpoint: APIEndpoint) throws
        -> RemoteSession
    {
        let stream = BodyProducer.makeSequence(
            elementType: ByteBuffer.self, failureType: (any Error).self,
            backPressureStrategy: .init(lowWatermark: 4, highWatermark: 16), finishOnDeinit: true,
            delegate: BodyDemand(channel: channel))
        try channel.pipeline.syncOperations.addHandler(
            WebSocketHandler(source: stream.source, closedError: .disconnected(endpoint)))
        return RemoteSession(
            subprotocol: answer.headers.first(name: "Sec-WebSocket-Protocol") ?? "", producer: stream.sequence,
            channel: channel)
    }
}

private enum UpgradeAnswer: Sendable {
    case session(RemoteSession)
    case refused(APIResponse)
}

/// The upgrade's outcome while a refusal's body may still be on its way.
private enum PendingAnswer: Sendable {
    case session(RemoteSession)
    case refusal(EventLoopFuture<APIResponse>)

    var complete: EventLoopFuture<UpgradeAnswer> {
        switch self {
        case .session(let session): session.eventLoop.makeSucceededFuture(.session(session))
        case .refusal(let response): response.map { .refused($0) }
        }
    }
}

/// Reads the answer of a server that did not switch protocols: a `Status`, as a rule.
private final class RefusalCollector: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    private var response = APIResponse(status: 0)
    private var promise: EventLoopPromise<APIResponse>?
    private let endpoint: APIEndpoint
    private static let limit = 1 << 20

    init(_ promise: EventLoopPromise<APIResponse>, _ endpoint: APIEndpoint) {
        self.promise = promise
        self.endpoint = endpoint
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            response.status = Int(head.status.code)
            response.headers = head.headers.map { ($0.name, $0.value) }
        case .body(let bytes):
            response.body += bytes.readableBytesView.prefix(Self.limit - min(Self.limit, response.body.count))
        case .end:
            promise?.succeed(response)
            promise = nil
            context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        promise?.fail(ClientError.disconnected(endpoint))
        promise = nil
        context.fireChannelInactive()
    }
}
