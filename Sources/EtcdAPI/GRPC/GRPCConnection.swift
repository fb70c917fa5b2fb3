internal import NIOCore

/// Speaks gRPC over one HTTP/2 connection, straight on the bytes: no channel, no task and no frame object a call
/// (docs/etcd.md, What a call costs). This file has the connection's life, `GRPCConnection+Frames` what the client
/// sends, `GRPCConnection+Answers` what it is sent.
final class GRPCConnection: ChannelInboundHandler, LateFlusher {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// What a connection may keep in requests that are not whole yet.
    static let partialBytesLimit = 64 << 20
    /// What may wait for a client that does not read; calls beyond are refused. One answer more may be on top.
    static let unreadBytesLimit = 64 << 20
    /// What the client may send before some of it is returned: HTTP/2's 65,535, and what it is given at the start.
    static let connectionWindow = 65_535 + (4 << 20)
    static let maximumStreams = 65_536
    /// For the client's preface and settings.
    static let patience = TimeAmount.seconds(10)

    let router: [String: Method]
    let mail: LoopMail
    private(set) var context: ChannelHandlerContext?
    private(set) var outbox: Outbox?
    var calls: [UInt32: GRPCCall] = [:]
    var peer = PeerSettings()
    var guardian = FloodGuard()
    private(set) var isQuiescing = false
    private var greeting: Scheduled<Void>?

    // What the client sends.
    var frames = FrameParser()
    var headers = HeaderBlocks<CallHead.Parsed>()
    var hasSettings = false
    var lastStream: UInt32 = 0
    var receiveWindow = connectionWindow
    var unreturnedWindow = 0
    /// Of all calls.
    var partialBytes = 0
    /// Streams that we have reset: what the client sent before it knew is no violation.
    var recentResets: [UInt32] = []

    // What it is sent.
    var output = FrameBuffer()
    var sendWindow = PeerSettings.defaultWindow
    /// Streams that have room in their own window and none in the connection's.
    var blocked = CircularBuffer<UInt32>()
    /// Written to the channel, the last of it without a flush.
    var writtenBytes = 0
    /// Flushed, and not yet taken by the socket.
    var flushedBytes = 0
    /// Queued in calls.
    var queuedBytes = 0
    var deliveries: [(count: any DeliveryCount, size: Int)] = []
    /// The end of the read flushes.
    var isReading = false
    /// The end of the mail's round flushes.
    var flushesLater = false

    init(router: [String: Method], mail: LoopMail) {
        self.router = router
        self.mail = mail
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        outbox = Outbox(mail) { [weak self] in self?.deliver($0) }
        output.settings([
            (3, Self.maximumStreams), (4, StreamWindows.receiveLimit),
            (6, HeaderBlocks<CallHead.Parsed>.longestList),
        ])
        output.windowUpdate(0, Self.connectionWindow - PeerSettings.defaultWindow)
        flushNow()
        greeting = context.eventLoop.assumeIsolated().scheduleTask(in: Self.patience) { [weak self] in
            guard let self, !hasSettings else { return }
            fail(ConnectionError(.protocolError, "no preface and settings in time"))
        }
    }

    func greeted() {
        hasSettings = true
        greeting?.cancel()
        greeting = nil
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        closeAll()
        self.context = nil
        outbox?.close()
    }

    func channelInactive(context: ChannelHandlerContext) {
        closeAll()
        context.fireChannelInactive()
    }

    private func closeAll() {
        greeting?.cancel()
        greeting = nil
        let open = calls.values
        calls = [:]
        for call in open { call.closed() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent { quiesce(context) }
        context.fireUserInboundEventTriggered(event)
    }

    private func quiesce(_ context: ChannelHandlerContext) {
        isQuiescing = true
        output.goAway(lastStream: UInt32(Int32.max), .noError, "")
        flushNow()
        closeIfQuiet()
    }

    func closeIfQuiet() {
        if isQuiescing, calls.isEmpty { context?.close(promise: nil) }
    }

    /// Says why, and ends the connection.
    func fail(_ error: ConnectionError) {
        output.goAway(lastStream: lastStream, error.code, error.reason)
        flushNow()
        closeAll()
        context?.close(promise: nil)
    }

    // MARK: - Reading

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard self.context != nil, context.channel.isActive else { return }
        isReading = true
        var bytes = unwrapInboundIn(data)
        frames.append(&bytes)
        bytes = ByteBuffer()
        do throws(ConnectionError) {
            while let frame = try frames.next() { try receive(frame) }
        } catch { fail(error) }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        flushNow()
        context.fireChannelReadComplete()
    }
}
