internal import NIOCore

/// Messages with their length before them (RFC 1035, section 4.2.2), as many as come (RFC 7766).
final class StreamHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    static let idleTime = TimeAmount.seconds(10)

    private let answer: @Sendable ([UInt8]) -> [UInt8]?
    private var received = ByteBuffer()
    private var idle: Scheduled<Void>?

    init(_ answer: @escaping @Sendable ([UInt8]) -> [UInt8]?) { self.answer = answer }

    func channelActive(context: ChannelHandlerContext) { startIdle(context) }

    func channelInactive(context: ChannelHandlerContext) { idle?.cancel() }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var new = unwrapInboundIn(data)
        received.writeBuffer(&new)
        while let length = received.getInteger(at: received.readerIndex, as: UInt16.self),
            received.readableBytes >= 2 + Int(length)
        {
            received.moveReaderIndex(forwardBy: 2)
            let message = received.readBytes(length: Int(length)) ?? []
            guard let bytes = answer(message) else { return close(context) }
            var buffer = context.channel.allocator.buffer(capacity: bytes.count + 2)
            buffer.writeInteger(UInt16(bytes.count))
            buffer.writeBytes(bytes)
            context.write(wrapOutboundOut(buffer), promise: nil)
            idle?.cancel()
            startIdle(context)
        }
        received.discardReadBytes()
        // Whoever asks and does not read would fill our memory.
        if !context.channel.isWritable { close(context) }
    }

    func channelReadComplete(context: ChannelHandlerContext) { context.flush() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { close(context) }

    /// Counts from the last whole message: half a message is no reason to wait longer.
    private func startIdle(_ context: ChannelHandlerContext) {
        let channel = context.channel
        idle = context.eventLoop.scheduleTask(in: Self.idleTime) { channel.close(promise: nil) }
    }

    private func close(_ context: ChannelHandlerContext) {
        context.flush()
        context.close(promise: nil)
    }
}
