internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// Passes a request on to an HTTP/1.1 server behind another Unix socket and its answer back, tunnels included.
package struct UnixProxy: Sendable {
    private let path: String

    package init(socket path: String) { self.path = path }

    /// Sends request line, headers and body as they are, but for what frames the message. Call on the exchange's event
    /// loop. `unreachable` makes the answer if nobody listens.
    package func forward(
        _ request: HTTPRequest, _ exchange: any Exchange, unreachable: @escaping @Sendable (any Error) -> HTTPResponse
    ) {
        ClientBootstrap(group: exchange.eventLoop)
            .connectTimeout(.seconds(5))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(HTTPRequestEncoder(configuration: Self.framing))
                    try pipeline.addHandler(
                        ByteToMessageHandler(HTTPResponseDecoder(leftOverBytesStrategy: .forwardBytes)))
                    try pipeline.addHandler(ProxyHandler(request, exchange))
                }
            }
            .connect(unixDomainSocketPath: path)
            .whenFailure { exchange.send(unreachable($0)) }
    }

    /// The encoder would go by the method, of which it takes some to have no body.
    private static var framing: HTTPRequestEncoder.Configuration {
        var framing = HTTPRequestEncoder.Configuration()
        framing.automaticallySetFramingHeaders = false
        return framing
    }
}

/// The upstream half of a proxied request. Reads an answer only while the client takes it.
final class ProxyHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundIn = Never
    typealias OutboundOut = HTTPClientRequestPart

    private enum State {
        case waiting, relaying, done
        /// 101 has come; the tunnel opens behind its end, which must not get into it.
        case switching(HTTPResponseHead)
    }

    private let request: HTTPRequest
    private let exchange: any Exchange
    private var state = State.waiting
    private var context: ChannelHandlerContext?
    private var isReadHeld = false

    init(_ request: HTTPRequest, _ exchange: any Exchange) {
        self.request = request
        self.exchange = exchange
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    /// The body is here as a whole, so its length is said: how the client framed it meant its own connection, and a
    /// body whose length nobody is told would be taken for requests.
    private var head: HTTPRequestHead {
        var headers = request.headers
        let length = request.body.readableBytes
        let hasLength = length > 0 || headers["Content-Length"] != nil
        if request.asksForUpgrade {
            headers["Transfer-Encoding"] = nil
        } else {
            headers.removeHopByHop()
            headers["Connection"] = "close"
        }
        headers["Content-Length"] = hasLength ? String(length) : nil
        return HTTPRequestHead(
            version: .http1_1, method: HTTPMethod(rawValue: request.method), uri: request.target,
            headers: headers.fields)
    }

    func channelActive(context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if request.body.readableBytes > 0 {
            context.write(wrapOutboundOut(.body(.byteBuffer(request.body))), promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        let channel = context.channel
        exchange.onClose { channel.close(promise: nil) }
        let here = NIOLoopBound(self, eventLoop: context.eventLoop)
        exchange.onWritable { here.value.resume() }
        context.fireChannelActive()
    }

    func read(context: ChannelHandlerContext) {
        if case .relaying = state, !exchange.isWritable { isReadHeld = true } else { context.read() }
    }

    private func resume() {
        guard isReadHeld, exchange.isWritable else { return }
        isReadHeld = false
        context?.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): receive(head, context)
        case .body(let bytes): exchange.write(bytes)
        case .end: finish(context)
        }
    }

    private func receive(_ head: HTTPResponseHead, _ context: ChannelHandlerContext) {
        if head.status == .switchingProtocols {
            state = .switching(head)
            return
        }
        state = .relaying
        var headers = Headers(head.headers)
        headers.removeHopByHop()
        headers["Content-Length"] = nil
        exchange.begin(ResponseHead(status: Int(head.status.code), headers: headers))
    }

    private func openTunnel(_ head: HTTPResponseHead, _ context: ChannelHandlerContext) {
        state = .done
        guard let client = exchange.upgrade(ResponseHead(status: 101, headers: Headers(head.headers))) else {
            context.close(promise: nil)
            return
        }
        let (here, there) = Glue.pair(on: context.eventLoop)
        do {
            try context.pipeline.syncOperations.addHandler(here)
            try client.pipeline.syncOperations.addHandler(there)
        } catch {
            context.close(promise: nil)
            client.close(promise: nil)
            return
        }
        dismantle(context, client)
    }

    /// The decoders go last: removing one hands on the bytes that came behind the head. The upstream one is delivering
    /// the 101 at this moment, so that is for the next turn of the loop; only then may the client's bytes flow.
    private func dismantle(_ context: ChannelHandlerContext, _ client: any Channel) {
        let pipeline = context.pipeline.syncOperations
        if let encoder = try? pipeline.handler(type: HTTPRequestEncoder.self) { _ = pipeline.removeHandler(encoder) }
        _ = pipeline.removeHandler(self)
        let upstream = NIOLoopBound(pipeline, eventLoop: context.eventLoop)
        context.eventLoop.execute {
            let pipeline = upstream.value
            if let decoder = try? pipeline.handler(type: ByteToMessageHandler<HTTPResponseDecoder>.self) {
                _ = pipeline.removeHandler(decoder)
            }
            HTTP1Pipeline.dismantle(client)
        }
    }

    private func finish(_ context: ChannelHandlerContext) {
        switch state {
        case .switching(let head): openTunnel(head, context)
        case .relaying:
            state = .done
            exchange.end()
            context.close(promise: nil)
        case .waiting, .done: break
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        abortUnlessDone()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        abortUnlessDone()
        context.close(promise: nil)
    }

    private func abortUnlessDone() {
        if case .done = state { return }
        exchange.abort()
    }
}
