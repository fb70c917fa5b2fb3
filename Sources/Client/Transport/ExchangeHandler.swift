import NIOCore
import NIOHTTP1

/// Carries one exchange at a time over a connection whose reads it asks for itself, so that a slow reader of a log
/// slows its sender down instead of filling memory.
final class ExchangeHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundIn = Exchange
    typealias OutboundOut = HTTPClientRequestPart

    private var state = ExchangeState()
    private var wantsMore = true
    private var failure: any Error
    private let becameIdle: @Sendable (any Channel) -> Void

    /// - Parameters:
    ///   - closedError: what a waiting caller gets when the connection ends early without an error of its own.
    ///   - becameIdle: called on the event loop when an answer is complete and the connection can be used again.
    init(closedError: ClientError, becameIdle: @escaping @Sendable (any Channel) -> Void) {
        failure = closedError
        self.becameIdle = becameIdle
    }

    func channelActive(context: ChannelHandlerContext) {
        context.fireChannelActive()
        context.read()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let exchange = unwrapOutboundIn(data)
        guard state.begin(exchange.answer) else {
            exchange.answer.fail(failure)
            promise?.fail(failure)
            return
        }
        wantsMore = true
        context.write(wrapOutboundOut(.head(exchange.head)), promise: nil)
        if exchange.body.readableBytes > 0 {
            context.write(wrapOutboundOut(.body(.byteBuffer(exchange.body))), promise: nil)
        }
        context.write(wrapOutboundOut(.end(nil)), promise: promise)
        context.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            begin(head, context)
        case .body(let bytes):
            guard let receiver = state.receiver else { return }
            if case .stopProducing = receiver.yield(bytes) { wantsMore = false }
        case .end:
            finish(context)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        if wantsMore { context.read() }
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        switch event as? BodyDemand.Event {
        case .more:
            wantsMore = true
            context.read()
        case .abandoned:
            // An answer that nobody reads to its end would block the connection for ever.
            if state.receiver != nil { context.close(promise: nil) }
        case nil:
            context.triggerUserOutboundEvent(event, promise: promise)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error as? HTTPParserError {
        // The answer broke off, which the handler's own error says better.
        case .invalidEOFState: break
        case let malformed?:
            failure = ClientError(.malformedAnswer, "the server's answer is not HTTP/1.1 (\(malformed))")
        case nil: failure = error
        }
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        let (promise, receiver) = state.close()
        promise?.fail(failure)
        receiver?.finish(failure)
        context.fireChannelInactive()
    }

    private func begin(_ head: HTTPResponseHead, _ context: ChannelHandlerContext) {
        // 1xx answers announce another head.
        guard head.status.code >= 200 else { return }
        let stream = BodyProducer.makeSequence(
            elementType: ByteBuffer.self, failureType: (any Error).self,
            backPressureStrategy: .init(lowWatermark: 4, highWatermark: 16), finishOnDeinit: true,
            delegate: BodyDemand(channel: context.channel))
        guard let promise = state.head(stream.source, keepAlive: head.isKeepAlive) else {
            stream.source.finish()
            context.close(promise: nil)
            return
        }
        promise.succeed(StreamedAnswer(head: head, body: stream.sequence))
    }

    private func finish(_ context: ChannelHandlerContext) {
        guard let (receiver, reusable) = state.end() else { return }
        wantsMore = true
        // First, so that the request that follows this answer finds the connection.
        if reusable { becameIdle(context.channel) } else { context.close(promise: nil) }
        receiver.finish()
    }
}
