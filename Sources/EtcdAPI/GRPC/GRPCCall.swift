internal import NIOConcurrencyHelpers
internal import NIOCore
internal import NIOHTTP2

/// One call on one stream. On its connection's event loop only, but for what `CallStream` promises.
final class GRPCCall {
    let stream: HTTP2StreamID
    private(set) var isHalfClosed = false
    private let method: Method
    private let eventLoop: any EventLoop
    private let outbox: Outbox
    private let answers: Answers
    private var framer = MessageFramer()
    private var handler: (any CallHandler)?
    private var request: ByteBuffer?
    private var deadline: Scheduled<Void>?
    private var needsHead = true
    private var isEnded = false
    private var consumedWindow = 0

    init(stream: HTTP2StreamID, method: Method, eventLoop: any EventLoop, outbox: Outbox) {
        self.stream = stream
        self.method = method
        self.eventLoop = eventLoop
        self.outbox = outbox
        answers = Answers(stream: stream, outbox: outbox, eventLoop: eventLoop)
    }

    var partialBytes: Int { framer.partialBytes }

    func open() {
        if case .streaming(let open) = method.body { handler = open(answers) }
    }

    func expire(in timeout: TimeAmount) {
        let answers = answers
        deadline = eventLoop.scheduleTask(in: timeout) {
            answers.finish(GRPCStatus(.deadlineExceeded, "context deadline exceeded"))
        }
    }

    func receive(_ bytes: inout ByteBuffer) {
        guard !isEnded else { return }
        framer.append(&bytes)
        do throws(GRPCStatus) {
            while let message = try framer.next() { try take(message) }
        } catch {
            isEnded = true
            answers.finish(error)
        }
    }

    private func take(_ message: ByteBuffer) throws(GRPCStatus) {
        if let handler {
            handler.receive(message)
        } else if request == nil {
            request = message
        } else {
            throw GRPCStatus(.internal, "more than one request message in a unary call")
        }
    }

    func halfClosed() {
        guard !isHalfClosed else { return }
        isHalfClosed = true
        guard !isEnded else { return }
        if framer.partialBytes > 0 {
            isEnded = true
            return answers.finish(GRPCStatus(.internal, "the request ends in the middle of a message"))
        }
        if let handler { return handler.halfClosed() }
        guard case .unary(let serve) = method.body, let request else {
            isEnded = true
            return answers.finish(GRPCStatus(.internal, "a unary call without a request message"))
        }
        self.request = nil
        let answers = answers
        serve(request) { result in
            switch result {
            case .success(let bytes): answers.reply(bytes)
            case .failure(let status): answers.finish(status)
            }
        }
    }

    /// Returns the window to give back, once it is worth a frame.
    func consume(_ size: Int, window: Int) -> Int? {
        consumedWindow += size
        guard consumedWindow > window / 4 else { return nil }
        defer { consumedWindow = 0 }
        return consumedWindow
    }

    func takeNeedsHead() -> Bool {
        defer { needsHead = false }
        return needsHead
    }

    /// How far a client is behind matters for streams of answers, and for answers that are not small.
    func promiseOfDelivery(_ size: Int) -> EventLoopPromise<Void>? {
        guard handler != nil || size > Self.smallAnswer else { return nil }
        let promise = eventLoop.makePromise(of: Void.self)
        let answers = answers
        // A unary answer is not counted as queued.
        if handler != nil { promise.futureResult.whenComplete { _ in answers.delivered(size) } }
        return promise
    }

    /// As many of these as there are streams on a connection are no burden.
    static let smallAnswer = 512

    func closed() {
        isEnded = true
        deadline?.cancel()
        // Not twice, whatever it does in turn.
        let closing = handler
        handler = nil
        closing?.closed()
    }
}

/// The thread-safe end of a call that its service holds.
private final class Answers: CallStream {
    let eventLoop: any EventLoop
    private let stream: HTTP2StreamID
    private let outbox: Outbox
    private let queued = NIOLockedValueBox(0)

    init(stream: HTTP2StreamID, outbox: Outbox, eventLoop: any EventLoop) {
        self.stream = stream
        self.outbox = outbox
        self.eventLoop = eventLoop
    }

    func send(_ message: some Message) { send(framed: MessageFramer.frame(message, ByteBufferAllocator())) }

    func send(encoded messages: ByteBuffer) { send(framed: messages) }

    func send(framed bytes: ByteBuffer) {
        queued.withLockedValue { $0 += bytes.readableBytes }
        outbox.post(Outbox.Letter(stream: stream, content: .message(bytes)))
    }

    func reply(_ bytes: ByteBuffer) { outbox.post(Outbox.Letter(stream: stream, content: .reply(bytes))) }

    func finish(_ status: GRPCStatus?) { outbox.post(Outbox.Letter(stream: stream, content: .end(status))) }

    var queuedBytes: Int { queued.withLockedValue { $0 } }

    func delivered(_ size: Int) { queued.withLockedValue { $0 -= size } }
}
