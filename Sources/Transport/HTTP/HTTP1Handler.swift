internal import NIOConcurrencyHelpers
internal import NIOCore
internal import NIOHTTP1

/// Collects the requests of one HTTP/1.1 connection, hands each to the responder and writes the answers. Pipelined
/// requests are answered one at a time: while an answer is due, or the client does not take those that it has got,
/// nothing more is read, and what was read already waits.
final class HTTP1Handler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = Never
    typealias OutboundOut = HTTPServerResponsePart

    private enum State {
        case idle
        case receiving(HTTPRequestHead, ByteBuffer)
        /// The answer is out; the rest of a request that was refused is read and dropped, so that the client gets to
        /// read the answer instead of an error of its own write.
        case discarding
        case answering
    }

    private let responder: any Responder
    private let limits: Limits
    private let accounts: Accounts
    let connection: Connection
    private let deadline = Deadline()
    private var state = State.idle
    private var answer = Answer()
    private var context: ChannelHandlerContext?
    private var waiting = CircularBuffer<Result<HTTPServerRequestPart, HTTPParserError>>()
    private var heldRead = false
    private var isDraining = false
    /// What the deadline waits for is that the client takes what is written.
    private var isStalled = false
    private var isQuiescing = false
    /// Message parts that the decoder has delivered.
    private(set) var parts = 0
    private var awaitsHead = false

    init(responder: any Responder, limits: Limits, accounts: Accounts, connection: Connection) {
        self.responder = responder
        self.limits = limits
        self.accounts = accounts
        self.connection = connection
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        expect(nothingFor: limits.idleTime)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        deadline.cancel()
        finishAnswer(closed: true)
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        deadline.cancel()
        finishAnswer(closed: true)
        context.fireChannelInactive()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            takesAgain()
            answer.writable?()
            drain()
        }
        context.fireChannelWritabilityChanged()
    }

    // MARK: Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        parts += 1
        let part = unwrapInboundIn(data)
        if mustWait { waiting.append(.success(part)) } else { receive(part, context) }
    }

    private func receive(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
        switch part {
        case .head(let head): receive(head, context)
        case .body(let part): receive(part)
        case .end: receiveEnd(context)
        }
    }

    func read(context: ChannelHandlerContext) {
        if mustWait { heldRead = true } else { context.read() }
    }

    /// No further request is begun now. One that has begun is read to its end, a refused one as well.
    private var isBusy: Bool {
        switch state {
        case .answering: true
        // Answers to a client that only sends would pile up.
        case .idle: !(context?.channel.isWritable ?? true)
        case .receiving, .discarding: false
        }
    }

    /// Nothing overtakes what waits already.
    private var mustWait: Bool { isBusy || !waiting.isEmpty }

    /// Takes up what came while it had to wait.
    private func drain() {
        guard !isDraining, let context else { return }
        isDraining = true
        while !isBusy, context.channel.isActive, let next = waiting.popFirst() {
            switch next {
            case .success(let part): receive(part, context)
            case .failure(let error): refuse(error)
            }
        }
        isDraining = false
        guard heldRead, !mustWait else { return }
        heldRead = false
        context.read()
    }

    private func receive(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        awaitsHead = false
        state = .receiving(head, ByteBuffer())
        let length = head.headers.first(name: "Content-Length").flatMap(Int.init) ?? 0
        if length > limits.bodyBytes { return refuse(.bodyTooLarge(limit: limits.bodyBytes)) }
        guard length > 0 || head.headers.contains(name: "Transfer-Encoding") else { return }
        let grace = TimeAmount.seconds(Int64(max(length, limits.bodyBytes / 8) / limits.bodyBytesPerSecond))
        expect(restWithin: limits.bodyTime + grace)
        if head.headers[canonicalForm: "Expect"].contains(where: { $0.lowercased() == "100-continue" }) {
            context.writeAndFlush(wrapOutboundOut(.head(.init(version: .http1_1, status: .continue))), promise: nil)
        }
    }

    private func receive(_ part: ByteBuffer) {
        guard case .receiving(let head, var body) = state else { return }
        // Drops the state's reference, or every append would copy the whole body.
        state = .idle
        var part = part
        if body.readableBytes == 0 { body = part } else { body.writeBuffer(&part) }
        state = .receiving(head, body)
        if body.readableBytes > limits.bodyBytes { refuse(.bodyTooLarge(limit: limits.bodyBytes)) }
    }

    private func receiveEnd(_ context: ChannelHandlerContext) {
        switch state {
        case .receiving(let head, let body): start(head, body, context)
        case .discarding: context.close(promise: nil)
        case .idle, .answering: break
        }
    }

    private func start(_ head: HTTPRequestHead, _ body: ByteBuffer, _ context: ChannelHandlerContext) {
        state = .answering
        expectNothing()
        answer.begin(head)
        if isQuiescing { answer.closesAfterwards() }
        let headers = Headers(head.headers)
        let account = connection.account(of: headers)
        guard accounts.beginRequest(account) else {
            return write(responder.response(for: .tooManyRequests), serial: answer.serial)
        }
        answer.account = account
        let request = HTTPRequest(
            method: head.method.rawValue, target: head.uri, headers: headers, body: body, connection: connection)
        responder.respond(to: request, HTTP1Exchange(self, serial: answer.serial, eventLoop: context.eventLoop))
    }

    // MARK: Errors

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError else { return context.close(promise: nil) }
        if mustWait { waiting.append(.failure(error)) } else { refuse(error) }
    }

    private func refuse(_ error: HTTPParserError) {
        refuse(error == .headerOverflow ? .headersTooLarge : .malformed("\(error)"))
    }

    /// The server stops: no further request, and an end to the connection once the present one is answered.
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is ChannelShouldQuiesceEvent else { return context.fireUserInboundEventTriggered(event) }
        isQuiescing = true
        waiting.removeAll()
        if case .idle = state { context.close(promise: nil) } else { answer.closesAfterwards() }
    }

    private func refuse(_ refusal: Refusal) {
        guard let context else { return }
        let isUnread = if case .receiving = state { true } else { false }
        answer.begin(nil)
        state = isUnread ? .discarding : .answering
        write(responder.response(for: refusal), serial: answer.serial)
        guard isUnread, context.channel.isActive else { return }
        expect(restWithin: .seconds(2))
    }

    // MARK: Time

    private func expect(nothingFor time: TimeAmount) { arm(time) { $0.context?.close(promise: nil) } }

    private func expect(restWithin time: TimeAmount) { arm(time) { $0.requestIsLate() } }

    private func expectNothing() {
        isStalled = false
        deadline.clear()
    }

    private func arm(_ time: TimeAmount, _ act: @escaping (HTTP1Handler) -> Void) {
        guard let context else { return }
        isStalled = false
        deadline.set(time, on: context.eventLoop) { [weak self] in
            if let self { act(self) }
        }
    }

    /// Bytes have come and went through the decoder: if they made no message, they are the beginning of one. While
    /// nothing is read its end cannot come.
    func bytesWereRead(_ context: ChannelHandlerContext, partsBefore: Int) {
        guard case .idle = state, !isBusy, parts == partsBefore, !awaitsHead else { return }
        awaitsHead = true
        expect(restWithin: limits.headerTime)
    }

    private func requestIsLate() {
        if case .discarding = state { context?.close(promise: nil) } else { refuse(.timeout) }
    }

    /// The client may have stopped taking what is written, and a dead peer must not hold memory for ever. That more is
    /// written meanwhile is no progress: the time runs from when it stopped.
    private func expectProgress() {
        guard let context, !isStalled, !context.channel.isWritable else { return }
        switch state {
        case .idle, .answering: waitForProgress()
        // The request has a deadline of its own.
        case .receiving, .discarding: break
        }
    }

    private func waitForProgress() {
        arm(limits.stallTime) { $0.context?.close(promise: nil) }
        isStalled = true
    }

    private func takesAgain() {
        guard isStalled else { return }
        if answer.phase == .done { expect(nothingFor: limits.idleTime) } else { expectNothing() }
    }

    private func pieceHasLeft() { if isStalled { waitForProgress() } }

    // MARK: Answers (called by HTTP1Exchange on the event loop; `serial` tells a stale exchange)

    func write(_ response: HTTPResponse, serial: Int) {
        guard answer.serial == serial, answer.phase == .waiting, let context else { return }
        let head = answer.frame(response.head, length: response.body.readableBytes)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if response.body.readableBytes > 0, !answer.isHead { writeBody(response.body, promise: nil, context) }
        endMessage(context)
    }

    func begin(_ head: ResponseHead, serial: Int) {
        guard answer.serial == serial, answer.phase == .waiting, let context else { return }
        answer.phase = .streaming
        stopCounting()
        context.writeAndFlush(wrapOutboundOut(.head(answer.frame(head, length: nil))), promise: nil)
    }

    func write(_ bytes: ByteBuffer, promise: EventLoopPromise<Void>?, serial: Int) {
        guard answer.serial == serial, answer.phase == .streaming, let context else {
            promise?.fail(ChannelError.alreadyClosed)
            return
        }
        // Written in any case, so that the promise is kept in its turn.
        writeBody(answer.isHead ? ByteBuffer() : bytes, promise: promise, context)
        context.flush()
        expectProgress()
    }

    private func writeBody(_ bytes: ByteBuffer, promise: EventLoopPromise<Void>?, _ context: ChannelHandlerContext) {
        var rest = bytes
        let here = NIOLoopBound(self, eventLoop: context.eventLoop)
        while let piece = rest.readBodyPiece() {
            let left = context.eventLoop.makePromise(of: Void.self)
            left.futureResult.whenSuccess { _ in here.value.pieceHasLeft() }
            context.write(wrapOutboundOut(.body(.byteBuffer(piece))), promise: left)
        }
        context.write(wrapOutboundOut(.body(.byteBuffer(rest))), promise: promise)
    }

    func end(serial: Int) {
        guard answer.serial == serial, answer.phase == .streaming, let context else { return }
        endMessage(context)
    }

    func abort(serial: Int) {
        guard answer.serial == serial, answer.phase != .done else { return }
        context?.close(promise: nil)
    }

    private func endMessage(_ context: ChannelHandlerContext) {
        let closes = !answer.keepsAlive
        // The end of a chunked body is bytes, and behind the head of an answer to HEAD comes none.
        let end: HTTPServerResponsePart = answer.isHead ? .body(.byteBuffer(ByteBuffer())) : .end(nil)
        if !closes { state = .idle }
        finishAnswer(closed: false)
        expect(nothingFor: limits.idleTime)
        let promise = closes ? context.eventLoop.makePromise(of: Void.self) : nil
        context.writeAndFlush(wrapOutboundOut(end), promise: promise)
        expectProgress()
        guard let promise else { return drain() }
        let here = NIOLoopBound((self, context.channel), eventLoop: context.eventLoop)
        promise.futureResult.whenComplete { _ in
            let (handler, channel) = here.value
            // The client is still sending; it is cut off at the end of its request or by the deadline.
            if case .discarding = handler.state { return }
            channel.close(promise: nil)
        }
    }

    private func finishAnswer(closed: Bool) {
        guard answer.phase != .done else { return }
        answer.phase = .done
        stopCounting()
        let callback = closed ? answer.closed : nil
        answer.closed = nil
        answer.writable = nil
        callback?()
    }

    private func stopCounting() {
        if let account = answer.account { accounts.endRequest(account) }
        answer.account = nil
    }

    // MARK: Facts about the answer, for HTTP1Exchange

    var isWritable: Bool { context?.channel.isWritable ?? false }

    func onWritable(serial: Int, _ body: @escaping @Sendable () -> Void) {
        if answer.serial == serial, answer.phase != .done { answer.writable = body }
    }

    func onClose(serial: Int, _ body: @escaping @Sendable () -> Void) {
        if answer.serial == serial, answer.phase != .done, context?.channel.isActive == true {
            answer.closed = body
        } else {
            body()
        }
    }

    func upgrade(_ head: ResponseHead, serial: Int) -> (any Channel)? {
        guard answer.serial == serial, answer.phase == .waiting, let context else { return nil }
        let channel = context.channel
        var message = HTTPResponseHead(version: .http1_1, status: .switchingProtocols)
        message.headers = head.headers.fields
        finishAnswer(closed: false)
        expectNothing()
        context.write(wrapOutboundOut(.head(message)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        return channel
    }
}
