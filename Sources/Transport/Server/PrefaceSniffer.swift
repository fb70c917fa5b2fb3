package import NIOCore

/// Who speaks HTTP/2 on a connection that began with HTTP/2's preface. Called on the connection's event loop, which is
/// not to be blocked.
package protocol HTTP2Acceptor: Sendable {
    func configure(_ channel: any Channel, _ connection: Connection) throws
}

/// Tells by a connection's first bytes which HTTP it speaks (RFC 9113, 3.3: prior knowledge), configures the pipeline
/// for it and goes away.
final class PrefaceSniffer: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// No method of HTTP/1.1 starts with this.
    private static let preface = Array("PRI ".utf8)

    private let http1: (any Channel) throws -> Void
    private let http2: (any Channel) throws -> Void
    private enum Phase { case sniffing, configuring, forwarding }

    private var phase = Phase.sniffing
    private var buffer = ByteBuffer()
    private var silence: Scheduled<Void>?
    private let patience: TimeAmount

    init(
        patience: TimeAmount, http1: @escaping (any Channel) throws -> Void,
        http2: @escaping (any Channel) throws -> Void
    ) {
        self.patience = patience
        self.http1 = http1
        self.http2 = http2
    }

    func handlerAdded(context: ChannelHandlerContext) {
        silence = context.eventLoop.assumeIsolated().scheduleTask(in: patience) { context.close(promise: nil) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { silence?.cancel() }

    /// The handlers that take over write at once, and a write can make the channel read: what comes while they are being
    /// added waits behind the first bytes, and what comes before this handler is gone is theirs.
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if phase == .forwarding { return context.fireChannelRead(data) }
        var bytes = unwrapInboundIn(data)
        buffer.writeBuffer(&bytes)
        if phase == .configuring { return }
        let count = min(buffer.readableBytes, Self.preface.count)
        let start = buffer.readableBytesView.prefix(count)
        if !start.elementsEqual(Self.preface.prefix(count)) {
            hand(over: http1, context)
        } else if count == Self.preface.count {
            hand(over: http2, context)
        }
    }

    private func hand(over configure: (any Channel) throws -> Void, _ context: ChannelHandlerContext) {
        phase = .configuring
        do {
            try configure(context.channel)
        } catch { return context.close(promise: nil) }
        phase = .forwarding
        context.fireChannelRead(wrapInboundOut(buffer))
        context.fireChannelReadComplete()
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }
}
