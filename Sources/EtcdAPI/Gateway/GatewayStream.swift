internal import NIOConcurrencyHelpers
internal import NIOCore
internal import Objects
internal import Transport

/// A streaming call through the gateway: one request, and its answers as lines of JSON, `{"result": ...}`.
final class GatewayStream: CallStream, Sendable {
    private struct State {
        var hasBegun = false
        var hasEnded = false
        var queued = 0
    }

    let eventLoop: any EventLoop
    private let exchange: any Exchange
    private let toJSON: @Sendable (ByteBuffer) throws(WireError) -> JSON
    private let state = NIOLockedValueBox(State())

    private init(_ exchange: any Exchange, _ toJSON: @escaping @Sendable (ByteBuffer) throws(WireError) -> JSON) {
        self.exchange = exchange
        self.toJSON = toJSON
        eventLoop = exchange.eventLoop
    }

    /// On the event loop.
    static func run(
        _ method: Method, _ open: @Sendable (any CallStream) -> any CallHandler, _ request: ByteBuffer,
        _ exchange: any Exchange
    ) {
        let stream = GatewayStream(exchange, method.toJSON)
        let handler = open(stream)
        exchange.onClose { handler.closed() }
        handler.receive(request)
        // A watch goes on after its request; a keep-alive has nothing more to say.
        if !(handler is WatchStream) { handler.halfClosed() }
    }

    func send(_ message: some Message) { line(["result": GatewayWriter.json(message)]) }

    func send(encoded messages: ByteBuffer) {
        var rest = messages
        while let length = rest.getInteger(at: rest.readerIndex + 1, as: UInt32.self),
            let message = rest.readSlice(length: Int(length) + MessageFramer.prefixLength)
        {
            do throws(WireError) { line(["result": try toJSON(message)]) } catch {
                return finish(GRPCStatus(.internal, error.description))
            }
        }
    }

    func finish(_ status: GRPCStatus?) {
        let hasBegun = state.withLockedValue { state -> Bool? in
            guard !state.hasEnded else { return nil }
            state.hasEnded = true
            return state.hasBegun
        }
        guard let hasBegun else { return }
        if !hasBegun {
            if let status { return GatewayErrors.send(status, exchange) }
            return exchange.send(.json([:]))
        }
        if let status { write(["error": GatewayErrors.body(status)]) }
        exchange.end()
    }

    var queuedBytes: Int { state.withLockedValue { $0.queued } }

    private func line(_ json: JSON) {
        let mustBegin = state.withLockedValue { state -> Bool? in
            guard !state.hasEnded else { return nil }
            defer { state.hasBegun = true }
            return !state.hasBegun
        }
        guard let mustBegin else { return }
        if mustBegin {
            exchange.begin(ResponseHead(status: 200, headers: Headers([("Content-Type", "application/json")])))
        }
        write(json)
    }

    private func write(_ json: JSON) {
        var bytes = ByteBuffer(bytes: JSONEncoder.encode(json))
        bytes.writeInteger(UInt8(ascii: "\n"))
        let size = bytes.readableBytes
        state.withLockedValue { $0.queued += size }
        let promise = eventLoop.makePromise(of: Void.self)
        promise.futureResult.whenComplete { [state] _ in state.withLockedValue { $0.queued -= size } }
        exchange.write(bytes, promise: promise)
    }
}
