internal import NIOCore

/// What the client is sent. Frames of many calls collect in one buffer and leave together: at the end of a read, or of
/// a round of the mail.
extension GRPCConnection {
    /// Payloads from here on are handed to the channel as they are, not copied behind the other frames.
    private static var copiedPayload: Int { 8192 }
    /// What a stream may send before others that wait for the connection's window have their turn.
    private static var turn: Int { 64 << 10 }

    func deliver(_ letters: [Outbox.Letter]) {
        guard context != nil else { return }
        for letter in letters {
            guard let call = calls[letter.stream], call.unsent.end == nil else { continue }
            switch letter.content {
            case .messages(let bytes): send(call, bytes)
            case .reply(let encode): reply(call, encode)
            case .end(let status): finish(call, status)
            }
        }
        flushSoon()
        closeIfQuiet()
    }

    private func reply(_ call: GRPCCall, _ encode: ReplyEncoder) {
        do throws(GRPCStatus) {
            let room = min(call.windows.send, sendWindow, largestPayload)
            let (size, tooLong) = try output.message(call.stream, needsHead: call.needsHead, room: room, encode)
            _ = call.takeNeedsHead()
            if let tooLong {
                queue(call, tooLong)
            } else {
                call.sent(size)
                sendWindow -= size
            }
            finish(call, nil)
        } catch { finish(call, error) }
    }

    private func send(_ call: GRPCCall, _ bytes: ByteBuffer) {
        if call.takeNeedsHead() { output.answerHead(call.stream) }
        let size = bytes.readableBytes
        if call.unsent.isEmpty, size <= min(call.windows.send, sendWindow, largestPayload) {
            write(call, bytes)
        } else {
            queue(call, bytes)
        }
    }

    func finish(_ call: GRPCCall, _ status: GRPCStatus?) {
        guard call.unsent.isEmpty else {
            call.unsent.end = .some(status)
            return call.closed()
        }
        if call.takeNeedsHead() {
            output.lastFields(call.stream, CallHead.refusal(status))
        } else if let status {
            output.lastFields(call.stream, CallHead.trailers(status))
        } else {
            output.success(call.stream)
        }
        if !call.isHalfClosed { reset(call.stream, .noError) }
        end(call.stream)
    }

    func refuse(_ stream: UInt32, _ answer: CallHead.Fields, ended: Bool) {
        output.lastFields(stream, answer)
        if !ended { reset(stream, .noError) }
    }

    // MARK: - Flow control

    private var largestPayload: Int { min(peer.largestPayload, Self.turn) }

    private func queue(_ call: GRPCCall, _ bytes: ByteBuffer) {
        // A small one must not keep the large buffer that it is a piece of.
        let own = bytes.readableBytes < Self.copiedPayload ? ByteBuffer(bytes: bytes.readableBytesView) : bytes
        call.unsent.append(own)
        queuedBytes += own.readableBytes
        if !call.unsent.isQueued { pump(call) }
    }

    /// Sends what the windows allow, and the end behind it.
    func pump(_ call: GRPCCall) {
        if call.unsent.isQueued { return }
        while let piece = call.unsent.next(min(call.windows.send, sendWindow, largestPayload)) {
            queuedBytes -= piece.readableBytes
            write(call, piece)
        }
        if call.unsent.isEmpty {
            if let status = call.unsent.end { finish(call, status) }
        } else if call.windows.send > 0 {
            call.unsent.isQueued = true
            blocked.append(call.stream)
        }
    }

    /// In turns, or one long answer would keep all others waiting.
    func pumpBlocked() {
        while sendWindow > 0, let stream = blocked.popFirst() {
            guard let call = calls[stream] else { continue }
            if let piece = call.unsent.next(min(call.windows.send, sendWindow, largestPayload)) {
                queuedBytes -= piece.readableBytes
                write(call, piece)
            }
            if !call.unsent.isEmpty, call.windows.send > 0 {
                blocked.append(stream)
            } else {
                call.unsent.isQueued = false
                if call.unsent.isEmpty, let status = call.unsent.end { finish(call, status) }
            }
        }
    }

    private func write(_ call: GRPCCall, _ payload: ByteBuffer) {
        let size = payload.readableBytes
        call.sent(size)
        sendWindow -= size
        if size <= Self.copiedPayload {
            output.data(call.stream, payload)
        } else {
            output.frame(Frame.Kind.data, stream: call.stream, length: size)
            pass(output.take())
            pass(payload)
        }
        if let count = call.countsDelivery { deliveries.append((count, size)) }
    }

    private func pass(_ bytes: ByteBuffer) {
        writtenBytes += bytes.readableBytes
        context?.write(wrapOutboundOut(bytes), promise: nil)
    }

    // MARK: - Flushing

    /// Bytes of answers that the client has not read.
    var unreadBytes: Int { queuedBytes + writtenBytes + flushedBytes }

    private func flushSoon() {
        if isReading || flushesLater { return }
        if mail.flushesLater(self) {
            flushesLater = true
        } else {
            flushNow()
        }
    }

    func flushNow() {
        flushesLater = false
        guard let context, output.count + writtenBytes > 0 else { return }
        let size = output.count + writtenBytes
        let controls = guardian.takeUnflushed()
        let delivered = deliveries
        deliveries = []
        writtenBytes = 0
        flushedBytes += size
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { [self] _ in
            flushedBytes -= size
            guardian.left(controls)
            for one in delivered { one.count.delivered(one.size) }
        }
        context.writeAndFlush(wrapOutboundOut(output.bytes), promise: promise)
        output.clear()
    }
}
