import NIOCore
import NIOWebSocket

/// Turns frames into whole messages, answers pings and close frames, and stops reading while the reader is behind.
final class WebSocketHandler: ChannelDuplexHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = WebSocketFrame

    private let source: BodyProducer.Source
    private var partial: ByteBuffer?
    private var closeSent = false
    private var failure: any Error
    private var ended = false
    private static let messageLimit = 32 << 20

    /// - Parameter closedError: what the reader gets when the connection ends without a close frame.
    init(source: BodyProducer.Source, closedError: ClientError) {
        self.source = source
        failure = closedError
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        switch frame.opcode {
        case .binary, .text, .continuation: receive(frame, context)
        case .ping: send(.pong, frame.unmaskedData, context)
        case .connectionClose: closed(frame, context)
        default: break
        }
    }

    private func receive(_ frame: WebSocketFrame, _ context: ChannelHandlerContext) {
        var data = frame.unmaskedData
        guard (partial?.readableBytes ?? 0) + data.readableBytes <= Self.messageLimit else {
            failure = ClientError(.tooLarge, "a message of more than \(Self.messageLimit) bytes arrived")
            context.close(promise: nil)
            return
        }
        if partial == nil { partial = data } else { partial?.writeBuffer(&data) }
        guard frame.fin, let message = partial else { return }
        partial = nil
        if case .stopProducing = source.yield(message) { setReading(false, context) }
    }

    private func closed(_ frame: WebSocketFrame, _ context: ChannelHandlerContext) {
        ended = true
        source.finish()
        var data = frame.unmaskedData
        if !closeSent { send(.connectionClose, data.readSlice(length: min(2, data.readableBytes)) ?? data, context) }
        context.close(promise: nil)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let frame = WebSocketFrame(fin: true, opcode: .binary, maskKey: .random(), data: unwrapOutboundIn(data))
        context.write(wrapOutboundOut(frame), promise: promise)
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        switch event as? BodyDemand.Event {
        case .more: setReading(true, context)
        case .abandoned: context.close(promise: nil)
        case nil: context.triggerUserOutboundEvent(event, promise: promise)
        }
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        if !closeSent, !ended, mode == .all {
            var code = ByteBuffer()
            code.write(webSocketErrorCode: .normalClosure)
            send(.connectionClose, code, context)
        }
        context.close(mode: mode, promise: promise)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        failure = ClientError(.malformedAnswer, "the WebSocket broke: \(error)")
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        if !ended { source.finish(failure) }
        ended = true
        context.fireChannelInactive()
    }

    private func send(_ opcode: WebSocketOpcode, _ data: ByteBuffer, _ context: ChannelHandlerContext) {
        if opcode == .connectionClose { closeSent = true }
        let frame = WebSocketFrame(fin: true, opcode: opcode, maskKey: .random(), data: data)
        context.writeAndFlush(wrapOutboundOut(frame), promise: nil)
    }

    private func setReading(_ reading: Bool, _ context: ChannelHandlerContext) {
        let channel = context.channel
        channel.setOption(.autoRead, value: reading).whenFailure { _ in channel.close(promise: nil) }
    }
}
