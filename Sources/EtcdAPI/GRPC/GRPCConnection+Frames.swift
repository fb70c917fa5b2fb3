internal import NIOCore

/// What the client sends. Violations that leave the connection's state in doubt end it (RFC 9113, 5.4.1), those of one
/// stream end that stream.
extension GRPCConnection {
    func receive(_ frame: Frame) throws(ConnectionError) {
        if headers.isOpen || frame.kind == Frame.Kind.continuation {
            guard frame.kind == Frame.Kind.continuation else {
                throw ConnectionError(.protocolError, "a frame between the pieces of a header block")
            }
            if let block = try headers.resume(frame) { try receive(block) }
            return
        }
        if !hasSettings, frame.kind != Frame.Kind.settings {
            throw ConnectionError(.protocolError, "the first frame is not SETTINGS")
        }
        switch frame.kind {
        case Frame.Kind.data: try receiveData(frame)
        case Frame.Kind.headers: try receiveHeaders(frame)
        case Frame.Kind.windowUpdate: try receiveWindowUpdate(frame)
        case Frame.Kind.resetStream: try receiveReset(frame)
        case Frame.Kind.settings: try receiveSettings(frame)
        case Frame.Kind.ping: try receivePing(frame)
        case Frame.Kind.priority:
            try frame.demandStream()
            try guardian.control()
            if frame.payload.readableBytes == 5 { return }
            if frame.stream > lastStream { try frame.demand(length: 5) }
            try violation(frame.stream, .frameSizeError)
        case Frame.Kind.goAway: try frame.demandConnection()
        case Frame.Kind.pushPromise: throw ConnectionError(.protocolError, "a client does not push")
        default: break
        }
    }

    // MARK: - Of the connection

    private func receiveSettings(_ frame: Frame) throws(ConnectionError) {
        try frame.demandConnection()
        if frame.has(Frame.Flags.acknowledge) {
            guard hasSettings else { throw ConnectionError(.protocolError, "the first frame is not SETTINGS") }
            return try frame.demand(length: 0)
        }
        greeted()
        try guardian.control()
        let before = peer.initialWindow
        try peer.read(frame.payload)
        output.acknowledgeSettings(peer)
        let change = peer.initialWindow - before
        if change == 0 { return }
        // Each of them is looked at.
        try guardian.control(cost: calls.count / 16)
        for call in calls.values {
            guard call.widen(change) else { throw ConnectionError(.flowControlError, "a window that overflows") }
        }
        if change > 0 { for call in calls.values where !call.unsent.isEmpty { pump(call) } }
    }

    private func receivePing(_ frame: Frame) throws(ConnectionError) {
        try frame.demandConnection()
        try frame.demand(length: 8)
        if frame.has(Frame.Flags.acknowledge) { return }
        try guardian.control()
        output.answerPing(frame.payload)
    }

    private func receiveWindowUpdate(_ frame: Frame) throws(ConnectionError) {
        try frame.demand(length: 4)
        let increment = frame.increment
        if frame.stream == 0 {
            guard increment > 0 else { throw ConnectionError(.protocolError, "a window update of 0") }
            sendWindow += increment
            guard sendWindow <= PeerSettings.windowLimit else {
                throw ConnectionError(.flowControlError, "a window that overflows")
            }
            return pumpBlocked()
        }
        guard let call = calls[frame.stream] else { return try demandKnown(frame) }
        guard increment > 0 else { return try violation(frame.stream, .protocolError) }
        guard call.widen(increment) else { return try violation(frame.stream, .flowControlError) }
        if !call.unsent.isEmpty { pump(call) }
    }

    // MARK: - Of streams

    private func receiveHeaders(_ frame: Frame) throws(ConnectionError) {
        try frame.demandStream()
        guard frame.stream % 2 == 1 else { throw ConnectionError(.protocolError, "a client's streams are odd") }
        var frame = frame
        _ = try frame.removePadding()
        try frame.removePriority()
        if let block = headers.begin(frame) { try receive(block) }
    }

    private func receive(_ block: HeaderBlocks<CallHead.Parsed>.Block) throws(ConnectionError) {
        let router = router
        let head = try headers.decode(block) { CallHead.parse($0, router) }
        if block.stream <= lastStream { return try receiveTrailers(block) }
        lastStream = block.stream
        try open(block.stream, head, ended: block.endsStream)
    }

    /// gRPC has none from clients, but they end their side.
    private func receiveTrailers(_ block: HeaderBlocks<CallHead.Parsed>.Block) throws(ConnectionError) {
        guard let call = calls[block.stream] else {
            return recentResets.contains(block.stream) ? () : try violation(block.stream, .streamClosed)
        }
        if call.isHalfClosed { return try violation(block.stream, .streamClosed) }
        guard block.endsStream else { return try violation(block.stream, .protocolError) }
        halfClosed(call)
    }

    /// What is refused counts as a control frame: its answers, too, may wait for a client that does not read.
    private func open(_ stream: UInt32, _ head: CallHead.Parsed, ended: Bool) throws(ConnectionError) {
        if calls.count >= Self.maximumStreams {
            try guardian.control()
            return reset(stream, .refusedStream)
        }
        if let status = refusal {
            try guardian.control()
            return refuse(stream, CallHead.refusal(status), ended: ended)
        }
        switch head {
        case .malformed: try violation(stream, .protocolError)
        case .refused(let answer):
            try guardian.control()
            refuse(stream, answer, ended: ended)
        case .call(let method, let timeout):
            guard let outbox else { return }
            let call = GRPCCall(
                stream: stream, method: method, eventLoop: mail.eventLoop, outbox: outbox,
                sendWindow: peer.initialWindow)
            calls[stream] = call
            call.open()
            if let timeout { call.expire(in: timeout) }
            if ended { halfClosed(call) }
        }
    }

    private func halfClosed(_ call: GRPCCall) {
        if call.isUnary, let status = overload {
            call.markHalfClosed()
            finish(call, status)
        } else {
            call.halfClosed { isAlone(call) }
        }
        recount(call)
    }

    private func recount(_ call: GRPCCall) {
        guard calls[call.stream] === call else { return }
        partialBytes += call.partialBytes - call.countedBytes
        call.countedBytes = call.partialBytes
    }

    /// No other call is under way or about to be read, here or on another connection of this event loop.
    private func isAlone(_ call: GRPCCall) -> Bool {
        guard let outbox else { return false }
        let isAlone = frames.isEmpty && calls.count <= 4 && !calls.values.contains { $0 !== call && $0.isUnary }
        return mail.isAlone(outbox, onConnection: isAlone)
    }

    /// Why no call is taken at all.
    private var refusal: GRPCStatus? {
        isQuiescing ? EtcdErrors.stopped : overload
    }

    /// Why nothing more is answered for now.
    private var overload: GRPCStatus? {
        let unread = unreadBytes
        guard unread > Self.unreadBytesLimit else { return nil }
        return GRPCStatus(.resourceExhausted, "berth: \(unread) bytes of answers wait to be read on this connection")
    }

    private func receiveData(_ frame: Frame) throws(ConnectionError) {
        try frame.demandStream()
        var frame = frame
        let size = try frame.removePadding()
        try receivedOnConnection(size)
        let ends = frame.has(Frame.Flags.endStream)
        if size == 0, !ends { try guardian.control() }
        guard let call = calls[frame.stream] else { return try demandKnown(frame) }
        if call.isHalfClosed { return try violation(frame.stream, .streamClosed) }
        let increment: Int?
        do throws(StreamWindows.Overrun) { increment = try call.received(size) } catch {
            return try violation(frame.stream, .flowControlError)
        }
        // Each message of a stream may be answered.
        if !call.isUnary, overload != nil { return try violation(frame.stream, .enhanceYourCalm) }
        if frame.payload.readableBytes > 0 { call.receive(&frame.payload) }
        if !ends { call.keepInput() }
        recount(call)
        if ends { halfClosed(call) }
        if let increment, !ends, calls[frame.stream] != nil { output.windowUpdate(frame.stream, increment) }
        if partialBytes > Self.partialBytesLimit {
            throw ConnectionError(.enhanceYourCalm, "\(partialBytes) bytes of requests that are not whole")
        }
    }

    /// What was read is returned to the client in pieces worth a frame.
    private func receivedOnConnection(_ size: Int) throws(ConnectionError) {
        receiveWindow -= size
        guard receiveWindow >= 0 else { throw ConnectionError(.flowControlError, "more data than was allowed") }
        unreturnedWindow += size
        guard unreturnedWindow > Self.connectionWindow / 4 else { return }
        output.windowUpdate(0, unreturnedWindow)
        receiveWindow += unreturnedWindow
        unreturnedWindow = 0
    }

    private func receiveReset(_ frame: Frame) throws(ConnectionError) {
        try frame.demandStream()
        try frame.demand(length: 4)
        try guardian.reset()
        guard frame.stream <= lastStream, frame.stream % 2 == 1 else {
            throw ConnectionError(.protocolError, "a reset of an idle stream")
        }
        end(frame.stream)
    }

    // MARK: - Violations

    /// For a frame on a stream that is not open.
    private func demandKnown(_ frame: Frame) throws(ConnectionError) {
        guard frame.stream <= lastStream, frame.stream % 2 == 1 else {
            throw ConnectionError(.protocolError, "a frame of kind \(frame.kind) on an idle stream")
        }
        // An update of the window may be under way whenever a stream ends.
        if frame.kind == Frame.Kind.windowUpdate || recentResets.contains(frame.stream) { return }
        try violation(frame.stream, .streamClosed)
    }

    private func violation(_ stream: UInt32, _ code: HTTP2Code) throws(ConnectionError) {
        try guardian.streamError()
        reset(stream, code)
        end(stream)
    }

    func reset(_ stream: UInt32, _ code: HTTP2Code) {
        output.reset(stream, code)
        if recentResets.count == 64 { recentResets.removeFirst(32) }
        recentResets.append(stream)
    }

    /// Forgets a stream.
    func end(_ stream: UInt32) {
        guard let call = calls.removeValue(forKey: stream) else { return }
        partialBytes -= call.countedBytes
        queuedBytes -= call.unsent.count
        call.closed()
    }
}
