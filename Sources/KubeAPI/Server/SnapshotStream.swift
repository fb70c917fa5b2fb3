package import NIOCore
package import Objects
import Registry
import Transport

/// Takes the bytes of a snapshot and passes them to a client. For one thread, which it blocks: never an event loop's.
package final class SnapshotStream: Sendable {
    private let call: Call
    private let hasBegun = Locked(false)
    private let onEnd: @Sendable () -> Void

    init(_ call: Call, onEnd: @escaping @Sendable () -> Void) {
        self.call = call
        self.onEnd = onEnd
    }

    /// Returns when the bytes have left for the socket, so that a slow client slows the reading down and nothing piles
    /// up. Throws when the client has gone.
    @available(*, noasync)
    package func write(_ bytes: ByteBuffer) throws {
        let isFirst = hasBegun.withLock { begun in
            defer { begun = true }
            return !begun
        }
        if isFirst {
            call.count(200)
            var head = ResponseHead(status: 200)
            head.headers["Content-Type"] = "application/octet-stream"
            head.headers["Cache-Control"] = "no-store"
            call.exchange.begin(head)
        }
        let promise = call.exchange.eventLoop.makePromise(of: Void.self)
        call.exchange.write(bytes, promise: promise)
        try promise.futureResult.wait()
    }

    /// Exactly once. With an error behind the first byte the connection breaks, so that nobody takes a part for the
    /// whole; the format's trailer would tell, too.
    package func finish(_ error: Status?) {
        onEnd()
        guard let error else { return call.exchange.end() }
        if hasBegun.withLock({ $0 }) { call.exchange.abort() } else { call.fail(error) }
    }
}

extension APIServer {
    /// `GET /berth/v1/snapshot`: the whole store, Secrets included, as `berth snapshot save` keeps it
    /// (docs/durability.md). One at a time.
    func answerSnapshot(_ call: Call) throws(Status) {
        guard let source = options.snapshot else { throw .unknownPath() }
        let isFree = isStreamingSnapshot.withLock { busy in
            defer { busy = true }
            return !busy
        }
        if !isFree {
            throw .tooManyRequests("another snapshot is being read, please try again later", retryAfterSeconds: 5)
        }
        source(SnapshotStream(call) { [isStreamingSnapshot] in isStreamingSnapshot.withLock { $0 = false } })
    }
}
