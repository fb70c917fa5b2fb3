package import NIOCore

/// One request's answer in the making. Methods may be called from any thread; calls of one thread keep their order.
/// What is written after the client has gone is dropped.
package protocol Exchange: AnyObject, Sendable {
    var eventLoop: any EventLoop { get }

    /// The whole answer.
    func send(_ response: HTTPResponse)

    /// Starts an answer of unknown length; `write` and `end` follow.
    func begin(_ head: ResponseHead)
    /// `promise` succeeds when the bytes have left for the socket: the way to bound what is queued.
    func write(_ bytes: ByteBuffer, promise: EventLoopPromise<Void>?)
    func end()
    /// Breaks the connection (HTTP/2: resets the stream) so that the client cannot take the answer for a whole one.
    func abort()

    /// On the event loop only: false while more is queued than the socket takes.
    var isWritable: Bool { get }
    /// On the event loop only: called whenever `isWritable` has become true again.
    func onWritable(_ body: @escaping @Sendable () -> Void)
    /// On the event loop only: called once if the client goes away before the answer has ended.
    func onClose(_ body: @escaping @Sendable () -> Void)

    /// On the event loop only: answers 101 with `head` and hands over the connection, which speaks no HTTP from then
    /// on; nil if this exchange cannot (HTTP/2, or the client did not ask).
    func upgrade(_ head: ResponseHead) -> (any Channel)?
}

extension Exchange {
    package func write(_ bytes: ByteBuffer) { write(bytes, promise: nil) }
}

/// What answers requests. Called on the event loop of the connection: it must not block.
package protocol Responder: Sendable {
    func respond(to request: HTTPRequest, _ exchange: any Exchange)
    /// The body of an answer that the transport gives by itself.
    func response(for refusal: Refusal) -> HTTPResponse
}
