internal import NIOCore
internal import Synchronization

/// One call on one stream. On its connection's event loop only, but for what `CallStream` promises.
final class GRPCCall {
    let stream: UInt32
    private(set) var isHalfClosed = false
    private(set) var windows: StreamWindows
    /// What the client's window had no room for, and the end behind it.
    var unsent = Unsent()
    private let method: Method
    private let eventLoop: any EventLoop
    private let answers: Answers
    private var framer = MessageFramer()
    private var handler: (any CallHandler)?
    private var request: ByteBuffer?
    private var deadline: Scheduled<Void>?
    private(set) var needsHead = true
    private var isEnded = false

    init(stream: UInt32, method: Method, eventLoop: any EventLoop, outbox: Outbox, sendWindow: Int) {
        self.stream = stream
        self.method = method
        self.eventLoop = eventLoop
        windows = StreamWindows(send: sendWindow)
        answers = Answers(stream: stream, outbox: outbox, eventLoop: eventLoop)
    }

    /// One that comes and goes, not a watch or another stream that stays.
    var isUnary: Bool { handler == nil }
    /// What is kept of requests: of a message that is not whole, and of one that waits for the end of the stream.
    var partialBytes: Int { framer.partialBytes + (request?.readableBytes ?? 0) }
    /// What of it the connection has counted.
    var countedBytes = 0

    func open() {
        if case .streaming(let open) = method.body { handler = open(answers) }
    }

    func expire(in timeout: TimeAmount) {
        let answers = answers
        deadline = eventLoop.scheduleTask(in: timeout) {
            answers.finish(GRPCStatus(.deadlineExceeded, "context deadline exceeded"))
        }
    }

    // MARK: - Of the client

    func receive(_ bytes: inout ByteBuffer) {
        guard !isEnded else { return }
        framer.append(&bytes)
        do throws(GRPCStatus) {
            while !isEnded, let message = try framer.next() { try take(message) }
        } catch {
            isEnded = true
            answers.finish(error)
        }
    }

    /// The call goes on: what has to wait must not keep the connection's whole input, which it is a piece of.
    func keepInput() {
        request?.detach()
        framer.detach()
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

    /// The client sends no more, and is refused instead of answered.
    func markHalfClosed() {
        isHalfClosed = true
        request = nil
    }

    /// - Parameter isAlone: asked of each call that is to be answered (`Method.Body.unary`).
    func halfClosed(isAlone: () -> Bool) {
        guard !isHalfClosed else { return }
        isHalfClosed = true
        guard !isEnded else { return }
        if framer.partialBytes > 0 {
            isEnded = true
            return answers.finish(GRPCStatus(.internal, "the request ends in the middle of a message"))
        }
        if let handler { return handler.halfClosed() }
        guard let request else {
            isEnded = true
            return answers.finish(GRPCStatus(.internal, "a unary call without a request message"))
        }
        self.request = nil
        let answers = answers
        let isAlone = isAlone()
        switch method.body {
        case .immediate(let serve):
            answers.reply { buffer throws(GRPCStatus) in try serve(request, &buffer) }
        case .unary(let serve): serve(request, isAlone) { answers.reply($0) }
        case .streaming: break
        }
    }

    /// Returns the window to give back, once it is worth a frame; throws if the client had no room for this.
    func received(_ size: Int) throws(StreamWindows.Overrun) -> Int? { try windows.received(size) }

    // MARK: - To the client

    func takeNeedsHead() -> Bool {
        defer { needsHead = false }
        return needsHead
    }

    func sent(_ size: Int) { windows.send -= size }
    /// False: the window is larger than HTTP/2 allows.
    func widen(_ size: Int) -> Bool {
        windows.send += size
        return windows.send <= PeerSettings.windowLimit
    }

    /// How far a client is behind matters for streams of answers: told once what was sent has left.
    var countsDelivery: (any DeliveryCount)? { handler == nil ? nil : answers }

    func closed() {
        isEnded = true
        deadline?.cancel()
        // Not twice, whatever it does in turn.
        let closing = handler
        handler = nil
        closing?.closed()
    }
}

/// Answers that wait for the client's window.
struct Unsent {
    private var pieces = CircularBuffer<ByteBuffer>()
    private(set) var count = 0
    /// Set: nothing comes behind what is queued but this.
    var end: GRPCStatus??
    /// Waits in the connection's queue for its turn.
    var isQueued = false

    var isEmpty: Bool { count == 0 }

    mutating func append(_ bytes: ByteBuffer) {
        pieces.append(bytes)
        count += bytes.readableBytes
    }

    /// At most `limit` bytes, of one piece.
    mutating func next(_ limit: Int) -> ByteBuffer? {
        guard limit > 0, var piece = pieces.popFirst() else { return nil }
        guard let slice = piece.readSlice(length: min(limit, piece.readableBytes)) else { return nil }
        count -= slice.readableBytes
        if piece.readableBytes > 0 { pieces.prepend(piece) }
        return slice
    }
}

/// HTTP/2's flow control of one stream.
struct StreamWindows {
    struct Overrun: Error {}

    static let receiveLimit = 1 << 20

    /// What the client takes.
    var send: Int
    /// What the client may still send.
    private var receive = receiveLimit
    private var unreturned = 0

    init(send: Int) { self.send = send }

    mutating func received(_ size: Int) throws(Overrun) -> Int? {
        receive -= size
        if receive < 0 { throw Overrun() }
        unreturned += size
        guard unreturned > Self.receiveLimit / 4 else { return nil }
        defer { unreturned = 0 }
        receive += unreturned
        return unreturned
    }
}

protocol DeliveryCount: AnyObject, Sendable {
    func delivered(_ size: Int)
}

/// The thread-safe end of a call that its service holds.
private final class Answers: CallStream, DeliveryCount {
    let eventLoop: any EventLoop
    private let stream: UInt32
    private let outbox: Outbox
    private let queued = Atomic(0)

    init(stream: UInt32, outbox: Outbox, eventLoop: any EventLoop) {
        self.stream = stream
        self.outbox = outbox
        self.eventLoop = eventLoop
    }

    func send(_ message: some Message) { send(encoded: MessageFramer.frame(message, ByteBufferAllocator())) }

    func send(encoded messages: ByteBuffer) {
        queued.add(messages.readableBytes, ordering: .relaxed)
        outbox.post(Outbox.Letter(stream: stream, content: .messages(messages)))
    }

    func reply(_ encode: @escaping ReplyEncoder) {
        outbox.post(Outbox.Letter(stream: stream, content: .reply(encode)))
    }

    func finish(_ status: GRPCStatus?) { outbox.post(Outbox.Letter(stream: stream, content: .end(status))) }

    var queuedBytes: Int { queued.load(ordering: .relaxed) }

    func delivered(_ size: Int) { queued.subtract(size, ordering: .relaxed) }
}
