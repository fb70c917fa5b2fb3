internal import NIOCore

/// An exchange of an HTTP/1.1 connection: carries calls to the connection's event loop.
final class HTTP1Exchange: Exchange {
    let eventLoop: any EventLoop
    private let handler: NIOLoopBound<HTTP1Handler>
    private let serial: Int

    init(_ handler: HTTP1Handler, serial: Int, eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
        self.handler = NIOLoopBound(handler, eventLoop: eventLoop)
        self.serial = serial
    }

    func send(_ response: HTTPResponse) { onLoop { $0.handler.value.write(response, serial: $0.serial) } }
    func begin(_ head: ResponseHead) { onLoop { $0.handler.value.begin(head, serial: $0.serial) } }
    func end() { onLoop { $0.handler.value.end(serial: $0.serial) } }
    func abort() { onLoop { $0.handler.value.abort(serial: $0.serial) } }

    func write(_ bytes: ByteBuffer, promise: EventLoopPromise<Void>?) {
        onLoop { $0.handler.value.write(bytes, promise: promise, serial: $0.serial) }
    }

    var isWritable: Bool { handler.value.isWritable }
    func onWritable(_ body: @escaping @Sendable () -> Void) { handler.value.onWritable(serial: serial, body) }
    func onClose(_ body: @escaping @Sendable () -> Void) { handler.value.onClose(serial: serial, body) }
    func upgrade(_ head: ResponseHead) -> (any Channel)? { handler.value.upgrade(head, serial: serial) }

    private func onLoop(_ body: @escaping @Sendable (HTTP1Exchange) -> Void) {
        if eventLoop.inEventLoop { body(self) } else { eventLoop.execute { body(self) } }
    }
}
