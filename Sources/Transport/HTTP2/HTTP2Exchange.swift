internal import NIOCore
internal import NIOHTTP2

/// An exchange of an HTTP/2 connection: carries calls to the connection's event loop.
final class HTTP2Exchange: Exchange {
    let eventLoop: any EventLoop
    private let connection: NIOLoopBound<HTTP2Connection>
    private let stream: HTTP2StreamID

    init(_ connection: HTTP2Connection, _ stream: HTTP2StreamID, eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
        self.connection = NIOLoopBound(connection, eventLoop: eventLoop)
        self.stream = stream
    }

    func send(_ response: HTTPResponse) { onLoop { $0.connection.value.send(response, $0.stream) } }
    func begin(_ head: ResponseHead) { onLoop { $0.connection.value.begin(head, $0.stream) } }
    func end() { onLoop { $0.connection.value.end($0.stream) } }
    func abort() { onLoop { $0.connection.value.abort($0.stream) } }

    func write(_ bytes: ByteBuffer, promise: EventLoopPromise<Void>?) {
        onLoop { $0.connection.value.write(bytes, promise: promise, $0.stream) }
    }

    var isWritable: Bool { connection.value.isWritable(stream) }
    func onWritable(_ body: @escaping @Sendable () -> Void) { connection.value.onWritable(stream, body) }
    func onClose(_ body: @escaping @Sendable () -> Void) { connection.value.onClose(stream, body) }

    /// HTTP/2 has no upgrades; clients that need one ask on HTTP/1.1.
    func upgrade(_ head: ResponseHead) -> (any Channel)? { nil }

    private func onLoop(_ body: @escaping @Sendable (HTTP2Exchange) -> Void) {
        if eventLoop.inEventLoop { body(self) } else { eventLoop.execute { body(self) } }
    }
}
