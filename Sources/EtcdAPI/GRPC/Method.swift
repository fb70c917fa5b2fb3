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

    /// What reflection tells of a method.
    struct Shape: Sendable {
        var call: any Message.Type
        var reply: any Message.Type
        var clientStreams = false
        var serverStreams = false
    }

    let body: Body
    /// nil: always refused.
    let shape: Shape?
    /// For the JSON gateway: its request in protobuf.
    let fromJSON: @Sendable (JSON) throws(WireError) -> ByteBuffer
    /// For the JSON gateway: one answer, with gRPC's prefix, in JSON.
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
            }, shape: Shape(call: Call.self, reply: Reply.self),
            fromJSON: { (json) throws(WireError) in try transcode(json, as: Call.self) },
            toJSON: { (framed) throws(WireError) in try json(framed, as: Reply.self) })
    }

    /// Answered at once with a message that is encoded already, prefix and all.
    static func encoded<Call: Message, Reply: Message>(
        _ type: Call.Type, _ reply: Reply.Type, _ serve: @escaping @Sendable (Call) throws(GRPCStatus) -> ByteBuffer
    ) -> Method {
        let decoding = unary(type) { (_, _: (Result<Reply, GRPCStatus>) -> Void) in }
        return Method(
            body: .unary { bytes, answer in
                answer(
                    Result { () throws(GRPCStatus) in
                        let call: Call
                        do throws(WireError) { call = try ProtobufReader.decode(Call.self, bytes) } catch {
                            throw unreadable(error)
                        }
                        return try serve(call)
                    })
            }, shape: decoding.shape, fromJSON: decoding.fromJSON, toJSON: decoding.toJSON)
    }

    package static func immediate<Call: Message, Reply: Message>(
        _ type: Call.Type, _ serve: @escaping @Sendable (Call) throws(GRPCStatus) -> Reply
    ) -> Method {
        unary(type) { call, answer in
            answer(Result { () throws(GRPCStatus) in try serve(call) })
        }
    }

    /// - Parameter clientStreams: the client may send more than one message.
    package static func streaming<Call: Message, Reply: Message>(
        _: Call.Type, _: Reply.Type, clientStreams: Bool = true, serverStreams: Bool = true,
        _ open: @escaping @Sendable (any CallStream) -> any CallHandler
    ) -> Method {
        Method(
            body: .streaming(open),
            shape: Shape(
                call: Call.self, reply: Reply.self, clientStreams: clientStreams, serverStreams: serverStreams),
            fromJSON: { (json) throws(WireError) in try transcode(json, as: Call.self) },
            toJSON: { (framed) throws(WireError) in try json(framed, as: Reply.self) })
    }

    /// Refused whatever is asked.
    static func refused(_ status: GRPCStatus) -> Method {
        Method(
            body: .unary { _, answer in answer(.failure(status)) }, shape: nil,
            fromJSON: { (_) throws(WireError) in ByteBuffer() }, toJSON: { (_) throws(WireError) in .null })
    }

    private static func json<Reply: Message>(_ framed: ByteBuffer, as _: Reply.Type) throws(WireError) -> JSON {
        var bytes = framed
        bytes.moveReaderIndex(forwardBy: MessageFramer.prefixLength)
        return GatewayWriter.json(try ProtobufReader.decode(Reply.self, bytes))
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
    /// One or more messages that are encoded already, each with gRPC's prefix.
    func send(encoded messages: ByteBuffer)
    /// nil: the call succeeded.
    func finish(_ status: GRPCStatus?)
    /// Bytes that were sent and have not left for the socket: how far the client is behind.
    var queuedBytes: Int { get }
}
