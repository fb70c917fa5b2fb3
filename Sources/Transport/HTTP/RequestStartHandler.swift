internal import NIOCore

/// In front of the decoder: tells the HTTP handler that bytes have come, so that headers which trickle in one by one
/// run into a timeout.
final class RequestStartHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    private let handler: HTTP1Handler

    init(_ handler: HTTP1Handler) { self.handler = handler }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let parts = handler.parts
        context.fireChannelRead(data)
        handler.bytesWereRead(context, partsBefore: parts)
    }
}
