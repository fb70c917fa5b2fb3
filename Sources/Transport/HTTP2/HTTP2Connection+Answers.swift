internal import NIOCore
internal import NIOHTTP2

/// What `HTTP2Exchange` calls, on the event loop; nothing happens for a stream that is over.
extension HTTP2Connection {
    func send(_ response: HTTPResponse, _ identifier: HTTP2StreamID) {
        guard let stream = streams[identifier], stream.phase == .waiting else { return }
        stopCounting(stream)
        stream.phase = .done
        var head = response.head
        head.headers["Content-Length"] = String(response.body.readableBytes)
        let hasBody = response.body.readableBytes > 0 && !stream.isHead
        write(identifier, .headers(.init(headers: head.hpack, endStream: !hasBody)))
        if hasBody { writeBody(response.body, stream, ends: true, promise: nil) }
        finish(stream)
    }

    func begin(_ head: ResponseHead, _ identifier: HTTP2StreamID) {
        guard let stream = streams[identifier], stream.phase == .waiting else { return }
        stopCounting(stream)
        stream.phase = .streaming
        write(identifier, .headers(.init(headers: head.hpack)))
        context?.flush()
    }

    func write(_ bytes: ByteBuffer, promise: EventLoopPromise<Void>?, _ identifier: HTTP2StreamID) {
        guard let stream = streams[identifier], stream.phase == .streaming else {
            promise?.fail(ChannelError.alreadyClosed)
            return
        }
        if stream.isHead { return keep(promise) }
        writeBody(bytes, stream, ends: false, promise: promise)
        context?.flush()
    }

    /// An answer to HEAD has no body. Whoever waits for these bytes to leave must not come back from within the call
    /// that writes them.
    private func keep(_ promise: EventLoopPromise<Void>?) {
        guard let promise else { return }
        promise.futureResult.eventLoop.execute { promise.succeed() }
    }

    func end(_ identifier: HTTP2StreamID) {
        guard let stream = streams[identifier], stream.phase == .streaming else { return }
        stream.phase = .done
        write(identifier, .data(.init(data: .byteBuffer(ByteBuffer()), endStream: true)))
        finish(stream)
    }

    func abort(_ identifier: HTTP2StreamID) {
        guard let stream = streams[identifier], stream.phase != .done else { return }
        reset(stream)
    }

    private func writeBody(
        _ bytes: ByteBuffer, _ stream: HTTP2Stream, ends: Bool, promise: EventLoopPromise<Void>?
    ) {
        guard let context else {
            promise?.fail(ChannelError.alreadyClosed)
            return
        }
        let wasIdle = stream.due == nil
        var rest = bytes
        while let piece = rest.readBodyPiece() {
            writePiece(piece, stream, ends: false, promise: nil, context)
        }
        writePiece(rest, stream, ends: ends, promise: promise, context)
        if wasIdle { watchTheClock() }
    }

    private func writePiece(
        _ bytes: ByteBuffer, _ stream: HTTP2Stream, ends: Bool, promise: EventLoopPromise<Void>?,
        _ context: ChannelHandlerContext
    ) {
        let size = bytes.readableBytes
        stream.wrote(size, stall: limits.stallTime)
        let done = promise ?? context.eventLoop.makePromise()
        let here = NIOLoopBound((self, stream), eventLoop: context.eventLoop)
        done.futureResult.whenComplete { _ in
            let (connection, stream) = here.value
            stream.left(size, stall: connection.limits.stallTime)
        }
        write(stream.identifier, .data(.init(data: .byteBuffer(bytes), endStream: ends)), promise: done)
    }

    /// The answer is out. A client that is still sending has two seconds to notice; the stream stays known until the
    /// HTTP/2 handler reports its end.
    private func finish(_ stream: HTTP2Stream) {
        stream.closed = nil
        context?.flush()
        guard !stream.hasEndedInput else { return }
        stream.lingersUntil = .now() + .seconds(2)
        watchTheClock()
    }

    // MARK: Facts about the answer

    func isWritable(_ identifier: HTTP2StreamID) -> Bool { streams[identifier]?.isWritable ?? false }

    func onWritable(_ identifier: HTTP2StreamID, _ body: @escaping @Sendable () -> Void) {
        streams[identifier]?.writable = body
    }

    func onClose(_ identifier: HTTP2StreamID, _ body: @escaping @Sendable () -> Void) {
        guard let stream = streams[identifier], stream.phase != .done else { return body() }
        stream.closed = body
    }
}
