package import NIOCore
internal import Objects

/// A method of a service with its message types erased: bytes in, bytes out.
package struct Method: Sendable {
    enum Body: Sendable {
        /// One request, one answer. `answer` may be called from any thread, once.
        case unary(@Sendable (ByteBuffer, @escaping @Sendable (Result<ByteBuffer, GRPCStatus>) -> Void) -> Void)
        /// A stream of answers, and perhaps of requests.
        case streaming(@Sendable (any CallStream) -> any CallHandler)
    }

    let body: Body
    /// For the JSON gateway: its request in protobuf.
    let fromJSON: @Sendable (JSON) throws(WireError) -> ByteBuffer
    /// For the JSON gateway: a unary answer, with gRPC's prefix, in JSON.
    let toJSON: @Sendable (ByteBuffer) throws(WireError) -> JSON

    package static func unary<Call: Message, Reply: Message>(
        _: Call.Type,
        _ serve: @escaping @Sendable (Call, @escaping @Sendable (Result<Reply, GRPCStatus>) -> Void) -> Void
    ) -> Method {
        Method(
            body: .unary { bytes, answer in
                let call: Call
                do throws(WireError) { call = try ProtobufReader.decode(Call.self, bytes) } catch {
                    return answer(.failure(unreadable(error)))
                }
                serve(call) { answer($0.map { MessageFramer.frame($0, ByteBufferAllocator()) }) }
            },
            fromJSON: { (json) throws(WireError) in try transcode(json, as: Call.self) },
            toJSON: { (framed) throws(WireError) in
                var bytes = framed
                bytes.moveReaderIndex(forwardBy: MessageFramer.prefixLength)
                return GatewayWriter.json(try ProtobufReader.decode(Reply.self, bytes))
            })
    }

    package static func immediate<Call: Message, Reply: Message>(
        _ type: Call.Type, _ serve: @escaping @Sendable (Call) throws(GRPCStatus) -> Reply
    ) -> Method {
        unary(type) { call, answer in
            answer(Result { () throws(GRPCStatus) in try serve(call) })
        }
    }

    package static func streaming<Call: Message>(
        _: Call.Type, _ open: @escaping @Sendable (any CallStream) -> any CallHandler
    ) -> Method {
        Method(
            body: .streaming(open),
            fromJSON: { (json) throws(WireError) in try transcode(json, as: Call.self) },
            toJSON: { (_) throws(WireError) in .null })
    }

    private static func transcode<Call: Message>(_ json: JSON, as _: Call.Type) throws(WireError) -> ByteBuffer {
        var bytes = ByteBuffer()
        ProtobufWriter.append(try GatewayReader.decode(Call.self, json), to: &bytes)
        return bytes
    }

    /// What grpc-go says of a request that it cannot decode.
    static func unreadable(_ error: WireError) -> GRPCStatus {
        GRPCStatus(.internal, "grpc: error unmarshalling request: \(error.description)")
    }
}

/// The server's side of one streaming call. Called on the connection's event loop, in order.
package protocol CallHandler: AnyObject, Sendable {
    func receive(_ message: ByteBuffer)
    /// The client sends no more.
    func halfClosed()
    /// The call has ended, whoever ended it; nothing that is sent after this arrives.
    func closed()
}

/// Where a streaming call's answers go. Any thread; one thread's messages keep their order.
package protocol CallStream: AnyObject, Sendable {
    var eventLoop: any EventLoop { get }
    func send(_ message: some Message)
    /// nil: the call succeeded.
    func finish(_ status: GRPCStatus?)
    /// Bytes that were sent and have not left for the socket: how far the client is behind.
    var queuedBytes: Int { get }
}
