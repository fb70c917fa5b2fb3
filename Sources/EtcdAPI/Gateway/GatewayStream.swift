internal import NIOConcurrencyHelpers
internal import NIOCore
internal import Objects
internal import Transport

/// A call that streams or takes its time, through the gateway: one request, and its answers as lines of JSON,
/// `{"result": ...}`; as the plain object if there is one only, as of a lock.
final class GatewayStream: CallStream, Sendable {
    private struct State {
        var hasBegun = false
        var hasEnded = false
        var queued = 0
    }

    let eventLoop: any EventLoop
    private let exchange: any Exchange
    private let toJSON: @Sendable (ByteBuffer) throws(WireError) -> JSON
    private let isStream: Bool
    private let state = NIOLockedValueBox(State())

    private init(_ exchange: any Exchange, _ method: Method) {
        self.exchange = exchange
        toJSON = method.toJSON
        isStream = method.shape?.serverStreams ?? true
        eventLoop = exchange.eventLoop
    }

    /// On the event loop.
    static func run(
        _ method: Method, _ open: @Sendable (any CallStream) -> any CallHandler, _ request: ByteBuffer,
        _ exchange: any Exchange
    ) {
        let stream = GatewayStream(exchange, method)
        let handler = open(stream)
        exchange.onClose { handler.closed() }
        handler.receive(request)
        // A watch goes on after its request; a keep-alive has nothing more to say.
        if !(handler is WatchStream) { handler.halfClosed() }
    }

    func send(_ message: some Message) { answer(GatewayWriter.json(message)) }

    func send(encoded messages: ByteBuffer) {
        var rest = messages
        while rest.readSlice(length: 1) != nil, let length = rest.readInteger(as: UInt32.self),
            let message = rest.readSlice(length: Int(length))
        {
            do throws(WireError) { answer(try toJSON(message)) } catch {
                return finish(GRPCStatus(.internal, error.description))
            }
        }
    }

    func finish(_ status: GRPCStatus?) {
        inOrder { state, exchange in
            guard state.hasBegun else {
                if let status { return GatewayErrors.send(status, exchange) }
                return exchange.send(.json([:]))
            }
            if let status { exchange.write(Self.bytes(["error": GatewayErrors.body(status)]), promise: nil) }
            exchange.end()
        } then: {
            $0.hasEnded = true
        }
    }

    var queuedBytes: Int { state.withLockedValue { $0.queued } }

    private func answer(_ json: JSON) {
        if isStream { return line(["result": json]) }
        inOrder { _, exchange in
            exchange.send(.json(json))
        } then: {
            $0.hasEnded = true
        }
    }

    private func line(_ json: JSON) {
        let bytes = Self.bytes(json)
        inOrder { state, exchange in
            if !state.hasBegun {
                exchange.begin(ResponseHead(status: 200, headers: Headers([("Content-Type", "application/json")])))
            }
            self.write(bytes)
        } then: {
            $0.hasBegun = true
            $0.queued += bytes.readableBytes
        }
    }

    /// Answers come from the store's threads and from the event loop. An exchange does at once what the event loop asks
    /// of it, so that an end from there would overtake a line that another thread has handed over but the loop has not
    /// yet written: all of them queue up for the loop instead, in the order of the lock.
    private func inOrder(_ act: @escaping @Sendable (State, any Exchange) -> Void, then: (inout State) -> Void) {
        state.withLockedValue { state in
            guard !state.hasEnded else { return }
            eventLoop.execute { [state, exchange] in act(state, exchange) }
            then(&state)
        }
    }

    private static func bytes(_ json: JSON) -> ByteBuffer {
        var bytes = ByteBuffer(bytes: JSONEncoder.encode(json))
        bytes.writeInteger(UInt8(ascii: "\n"))
        return bytes
    }

    /// On the event loop.
    private func write(_ bytes: ByteBuffer) {
        let size = bytes.readableBytes
        let promise = eventLoop.makePromise(of: Void.self)
        promise.futureResult.whenComplete { [state] _ in state.withLockedValue { $0.queued -= size } }
        exchange.write(bytes, promise: promise)
    }
}
