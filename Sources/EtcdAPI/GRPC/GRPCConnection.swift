internal import NIOCore
internal import NIOHPACK
internal import NIOHTTP2

/// Speaks gRPC over one HTTP/2 connection, frame by frame: no channel and no task a call, which is what makes it cost
/// a tenth of a general server (docs/architecture.md, Transport).
///
/// In this mode nobody returns flow-control windows but us: without `credit` the connection would stall after 64 KiB.
final class GRPCConnection: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame
    typealias OutboundOut = HTTP2Frame

    /// What a connection may keep in requests that are not whole yet.
    static let partialBytesLimit = 64 << 20
    /// What may wait for a client that does not read; calls beyond are refused. One answer more may be on top.
    static let unreadBytesLimit = 64 << 20
    /// Given to the connection at its start, on top of HTTP/2's 65,535.
    static let connectionWindow = 4 << 20
    static let streamWindow = 1 << 20

    private let router: [String: Method]
    private var calls: [HTTP2StreamID: GRPCCall] = [:]
    private var unreturnedWindow = 0
    private var unreadBytes = 0
    /// Of all calls.
    private var partialBytes = 0
    private var isQuiescing = false
    /// The end of the read flushes.
    private var isReading = false
    private var context: ChannelHandlerContext?
    private var outbox: Outbox?

    init(router: [String: Method]) { self.router = router }

    // MARK: - The connection

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        outbox = Outbox(eventLoop: context.eventLoop) { [weak self] in self?.deliver($0) }
        if context.channel.isActive { openWindow(context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        outbox?.close()
    }

    func channelActive(context: ChannelHandlerContext) {
        openWindow(context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        for call in calls.values { call.closed() }
        calls.removeAll()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // An error of one stream is NIOHTTP2Error.StreamError, and the handler has reset the stream already.
        if error is NIOHTTP2Errors.StreamError { return }
        context.close(promise: nil)
    }

    private func openWindow(_ context: ChannelHandlerContext) {
        write(.rootStream, .windowUpdate(windowSizeIncrement: Self.connectionWindow))
        context.flush()
    }

    // MARK: - Frames

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        isReading = true
        let frame = unwrapInboundIn(data)
        switch frame.payload {
        case .headers(let headers): open(frame.streamID, headers.headers, ended: headers.endStream)
        case .data(let data): receive(frame.streamID, data)
        case .rstStream: end(frame.streamID)
        default: break
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        context.flush()
        context.fireChannelReadComplete()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case let closed as StreamClosedEvent: end(closed.streamID)
        case is NIOHTTP2StreamCreatedEvent: break
        case is ChannelShouldQuiesceEvent: quiesce(context)
        default: break
        }
        context.fireUserInboundEventTriggered(event)
    }

    private func open(_ stream: HTTP2StreamID, _ headers: HPACKHeaders, ended: Bool) {
        if let call = calls[stream] {  // Trailers of the client: gRPC has none, but they end its side.
            if ended { call.halfClosed() }
            return
        }
        if let status = refusal { return refuse(stream, CallHead.trailers(status, isOnly: true), ended: ended) }
        switch CallHead.parse(headers, router) {
        case .refused(let answer): refuse(stream, answer, ended: ended)
        case .call(let method, let timeout):
            guard let context, let outbox else { return }
            let call = GRPCCall(stream: stream, method: method, eventLoop: context.eventLoop, outbox: outbox)
            calls[stream] = call
            call.open()
            if let timeout { call.expire(in: timeout) }
            if ended { call.halfClosed() }
        }
    }

    /// Why no call is taken at all.
    private var refusal: GRPCStatus? {
        if isQuiescing { return EtcdErrors.stopped }
        guard unreadBytes > Self.unreadBytesLimit else { return nil }
        return GRPCStatus(
            .resourceExhausted, "berth: \(unreadBytes) bytes of answers wait to be read on this connection")
    }

    private func receive(_ stream: HTTP2StreamID, _ data: HTTP2Frame.FramePayload.Data) {
        guard case .byteBuffer(var bytes) = data.data else { return }
        let size = bytes.readableBytes + (data.paddingBytes.map { $0 + 1 } ?? 0)
        let call = calls[stream]
        if let call {
            let before = call.partialBytes
            call.receive(&bytes)
            partialBytes += call.partialBytes - before
            if data.endStream { call.halfClosed() }
        }
        credit(stream, size, streamIsOpen: !data.endStream && calls[stream] != nil)
        if partialBytes > Self.partialBytesLimit { context?.close(promise: nil) }
    }

    /// Returns what was read to the client, in pieces worth a frame.
    private func credit(_ stream: HTTP2StreamID, _ size: Int, streamIsOpen: Bool) {
        unreturnedWindow += size
        if unreturnedWindow > Self.connectionWindow / 4 {
            write(.rootStream, .windowUpdate(windowSizeIncrement: unreturnedWindow))
            unreturnedWindow = 0
        }
        if streamIsOpen, let increment = calls[stream]?.consume(size, window: Self.streamWindow) {
            write(stream, .windowUpdate(windowSizeIncrement: increment))
        }
    }

    private func end(_ stream: HTTP2StreamID) {
        guard let call = calls.removeValue(forKey: stream) else { return }
        partialBytes -= call.partialBytes
        call.closed()
    }

    private func quiesce(_ context: ChannelHandlerContext) {
        isQuiescing = true
        write(.rootStream, .goAway(lastStreamID: .maxID, errorCode: .noError, opaqueData: nil))
        context.flush()
        if calls.isEmpty { context.close(promise: nil) }
    }

    // MARK: - Answers

    private func deliver(_ letters: [Outbox.Letter]) {
        guard let context else { return }
        for letter in letters {
            guard let call = calls[letter.stream] else { continue }
            switch letter.content {
            case .message(let bytes): send(call, bytes)
            case .reply(let bytes):
                send(call, bytes)
                finish(call, nil)
            case .end(let status): finish(call, status)
            }
        }
        if !isReading { context.flush() }
        if isQuiescing, calls.isEmpty { context.close(promise: nil) }
    }

    private func send(_ call: GRPCCall, _ bytes: ByteBuffer) {
        if call.takeNeedsHead() { write(call.stream, .headers(.init(headers: CallHead.answer))) }
        let size = bytes.readableBytes
        let promise = call.promiseOfDelivery(size)
        if let promise {
            unreadBytes += size
            promise.futureResult.assumeIsolated().whenComplete { [weak self] _ in self?.unreadBytes -= size }
        }
        write(call.stream, .data(.init(data: .byteBuffer(bytes))), promise: promise)
    }

    private func finish(_ call: GRPCCall, _ status: GRPCStatus?) {
        let trailers = CallHead.trailers(status, isOnly: call.takeNeedsHead())
        write(call.stream, .headers(.init(headers: trailers, endStream: true)))
        if !call.isHalfClosed { write(call.stream, .rstStream(.noError)) }
        end(call.stream)
    }

    private func refuse(_ stream: HTTP2StreamID, _ answer: HPACKHeaders, ended: Bool) {
        write(stream, .headers(.init(headers: answer, endStream: true)))
        if !ended { write(stream, .rstStream(.noError)) }
    }

    private func write(
        _ stream: HTTP2StreamID, _ payload: HTTP2Frame.FramePayload, promise: EventLoopPromise<Void>? = nil
    ) {
        context?.write(wrapOutboundOut(HTTP2Frame(streamID: stream, payload: payload)), promise: promise)
    }
}
