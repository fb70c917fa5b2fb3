internal import NIOCore

/// Half of a tunnel: what is read here is written there. Each side reads only while the other takes.
final class Glue: ChannelDuplexHandler {
    typealias InboundIn = NIOAny
    typealias OutboundIn = NIOAny
    typealias OutboundOut = NIOAny

    private var partner: NIOLoopBound<Glue>?
    private var context: ChannelHandlerContext?
    private var pendingRead = false

    /// Both channels must be on the same event loop.
    static func pair(on eventLoop: any EventLoop) -> (Glue, Glue) {
        let (left, right) = (Glue(), Glue())
        left.partner = NIOLoopBound(right, eventLoop: eventLoop)
        right.partner = NIOLoopBound(left, eventLoop: eventLoop)
        return (left, right)
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        partner = nil
    }

    /// Flushed at once: bytes that a removed decoder hands on come without a `channelReadComplete`.
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        partner?.value.context?.writeAndFlush(data, promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        if let other = partner?.value.context { Self.closeAfterFlush(other) }
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { partner?.value.resume() }
    }

    func read(context: ChannelHandlerContext) {
        if partner?.value.context?.channel.isWritable ?? true { context.read() } else { pendingRead = true }
    }

    private func resume() {
        guard pendingRead else { return }
        pendingRead = false
        context?.read()
    }

    private static func closeAfterFlush(_ context: ChannelHandlerContext) {
        let channel = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(NIOAny(ByteBuffer())).whenComplete { _ in channel.value.close(promise: nil) }
    }
}
