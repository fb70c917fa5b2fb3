internal import NIOCore
internal import NIOHPACK
internal import NIOHTTP2

/// Collects the requests of one HTTP/2 connection, frame by frame and without a channel a stream, and writes the
/// answers (`HTTP2Connection+Answers`).
///
/// In this mode nobody returns flow-control windows but us. The connection's window is given back when a request is
/// whole, so what a client can make the server hold in unfinished requests is bounded by it (`ConnectionWindow`).
final class HTTP2Connection: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame
    typealias OutboundOut = HTTP2Frame

    static let connectionWindow = 8 << 20
    static let maximumStreams = 250

    let responder: any Responder
    let limits: Limits
    let accounts: Accounts
    let connection: Connection
    var streams: [HTTP2StreamID: HTTP2Stream] = [:]
    private(set) var context: ChannelHandlerContext?
    private var window = ConnectionWindow()
    private var lastStream = HTTP2StreamID.rootStream
    private var isQuiescing = false
    private let deadline = Deadline()

    init(responder: any Responder, limits: Limits, accounts: Accounts, connection: Connection) {
        self.responder = responder
        self.limits = limits
        self.accounts = accounts
        self.connection = connection
    }

    /// What is said to the client at first; a stream's window takes the largest body that is allowed.
    static func settings(_ limits: Limits) -> HTTP2Settings {
        [
            HTTP2Setting(parameter: .maxConcurrentStreams, value: maximumStreams),
            HTTP2Setting(parameter: .initialWindowSize, value: limits.bodyBytes + 64 * 1024),
            HTTP2Setting(parameter: .maxHeaderListSize, value: limits.headerBytes),
        ]
    }

    // MARK: The connection

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        enlargeWindow(by: Self.connectionWindow)
        context.flush()
        watchTheClock()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        deadline.cancel()
        closeAll()
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        deadline.cancel()
        closeAll()
        context.fireChannelInactive()
    }

    private func closeAll() { for identifier in streams.keys { close(identifier) } }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // The HTTP/2 handler has reset that stream already.
        if error is NIOHTTP2Errors.StreamError { return }
        context.close(promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case let changed as NIOHTTP2WindowUpdatedEvent where changed.streamID == .rootStream:
            if let left = changed.inboundWindowSize { window.isLeft(left) }
            returnWindow()
        case let closed as StreamClosedEvent: close(closed.streamID)
        case is ChannelShouldQuiesceEvent: quiesce()
        default: break
        }
        context.fireUserInboundEventTriggered(event)
    }

    private func quiesce() {
        guard let context, !isQuiescing else { return }
        isQuiescing = true
        // Clients send what came later once more, on another connection.
        write(.rootStream, .goAway(lastStreamID: lastStream, errorCode: .noError, opaqueData: nil))
        context.flush()
        if streams.isEmpty { context.close(promise: nil) }
    }

    // MARK: Frames

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        switch frame.payload {
        case .headers(let headers): open(frame.streamID, headers.headers, ended: headers.endStream)
        case .data(let data): receive(frame.streamID, data)
        case .rstStream: close(frame.streamID)
        default: break
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.flush()
        context.fireChannelReadComplete()
    }

    private func open(_ identifier: HTTP2StreamID, _ fields: HPACKHeaders, ended: Bool) {
        if let stream = streams[identifier] {  // Trailers.
            if ended { endInput(stream) }
            return
        }
        guard !isQuiescing else { return write(identifier, .rstStream(.refusedStream)) }
        lastStream = max(lastStream, identifier)
        let stream = HTTP2Stream(identifier)
        streams[identifier] = stream
        guard let head = HTTP2Stream.head(fields) else {
            return refuse(stream, .malformed("the request's pseudo-header fields are not those of a request"))
        }
        (stream.method, stream.target, stream.headers) = head
        if ended { return endInput(stream) }
        let length = stream.headers["Content-Length"].flatMap { Int($0) } ?? 0
        if length > limits.bodyBytes { return refuse(stream, .bodyTooLarge(limit: limits.bodyBytes)) }
        let grace = TimeAmount.seconds(Int64(max(length, limits.bodyBytes / 8) / limits.bodyBytesPerSecond))
        stream.due = .now() + limits.bodyTime + grace
        watchTheClock()
    }

    private func receive(_ identifier: HTTP2StreamID, _ data: HTTP2Frame.FramePayload.Data) {
        guard case .byteBuffer(var bytes) = data.data else { return }
        let size = bytes.readableBytes + (data.paddingBytes.map { $0 + 1 } ?? 0)
        window.received(size)
        guard let stream = streams[identifier], stream.phase == .receiving else {
            returnWindow()
            if data.endStream, let stream = streams[identifier] { endInput(stream) }
            return
        }
        stream.owedWindow += size
        window.held += size
        if stream.body.readableBytes == 0 { stream.body = bytes } else { stream.body.writeBuffer(&bytes) }
        if stream.body.readableBytes > limits.bodyBytes {
            return refuse(stream, .bodyTooLarge(limit: limits.bodyBytes))
        }
        if data.endStream { endInput(stream) }
    }

    private func endInput(_ stream: HTTP2Stream) {
        stream.hasEndedInput = true
        guard stream.phase == .receiving else { return }
        stream.phase = .waiting
        stream.due = nil
        returnOwedWindow(stream)
        start(stream)
    }

    private func start(_ stream: HTTP2Stream) {
        guard let context else { return }
        let account = connection.account(of: stream.headers)
        guard accounts.beginRequest(account) else { return refuse(stream, .tooManyRequests) }
        stream.account = account
        let request = HTTPRequest(
            method: stream.method, target: stream.target, headers: stream.headers, body: stream.body,
            connection: connection)
        stream.body = ByteBuffer()
        responder.respond(to: request, HTTP2Exchange(self, stream.identifier, eventLoop: context.eventLoop))
    }

    private func refuse(_ stream: HTTP2Stream, _ refusal: Refusal) {
        stream.phase = .waiting
        stream.due = nil
        stream.body = ByteBuffer()
        returnOwedWindow(stream)
        send(responder.response(for: refusal), stream.identifier)
    }

    private func returnOwedWindow(_ stream: HTTP2Stream) {
        window.held -= stream.owedWindow
        stream.owedWindow = 0
        returnWindow()
    }

    /// In pieces worth a frame.
    private func returnWindow() {
        if let size = window.take(atLeast: Self.connectionWindow / 16) { enlargeWindow(by: size) }
    }

    private func enlargeWindow(by size: Int) {
        guard let context else { return }
        let promise = context.eventLoop.makePromise(of: Void.self)
        let here = NIOLoopBound(self, eventLoop: context.eventLoop)
        promise.futureResult.whenSuccess { _ in here.value.window.hasGrown(by: size) }
        write(.rootStream, .windowUpdate(windowSizeIncrement: size), promise: promise)
    }

    func write(
        _ stream: HTTP2StreamID, _ payload: HTTP2Frame.FramePayload, promise: EventLoopPromise<Void>? = nil
    ) {
        context?.write(wrapOutboundOut(HTTP2Frame(streamID: stream, payload: payload)), promise: promise)
    }

    // MARK: Ends

    /// The stream is over, by us or by the client.
    func close(_ identifier: HTTP2StreamID) {
        guard let stream = streams.removeValue(forKey: identifier) else { return }
        returnOwedWindow(stream)
        stopCounting(stream)
        let callback = stream.phase == .done ? nil : stream.closed
        stream.phase = .done
        stream.closed = nil
        stream.writable = nil
        callback?()
        guard streams.isEmpty else { return }
        if isQuiescing { context?.close(promise: nil) } else { watchTheClock() }
    }

    func stopCounting(_ stream: HTTP2Stream) {
        if let account = stream.account { accounts.endRequest(account) }
        stream.account = nil
    }

    /// Sets the timer to what is due first: a body, an answer that its client does not take, the idle connection.
    func watchTheClock() {
        guard let context else { return }
        let next = streams.values.compactMap(\.due).min()
        guard let time = next.map({ $0 - .now() }) ?? (streams.isEmpty ? limits.idleTime : nil) else {
            return deadline.clear()
        }
        deadline.set(max(time, .milliseconds(1)), on: context.eventLoop) { [weak self] in self?.timeIsUp() }
    }

    private func timeIsUp() {
        if streams.isEmpty { return quiesce() }
        let now = NIODeadline.now()
        for stream in streams.values where stream.due.map({ $0 <= now }) ?? false {
            if stream.phase == .receiving { refuse(stream, .timeout) } else { reset(stream) }
        }
        context?.flush()
        watchTheClock()
    }

    /// Breaks the stream; the client cannot take what it has for a whole answer.
    func reset(_ stream: HTTP2Stream) {
        write(stream.identifier, .rstStream(.cancel))
        context?.flush()
        close(stream.identifier)
    }
}
