package import NIOCore
internal import NIOPosix
internal import Objects

/// Writes a reply, without gRPC's prefix, at the end of a buffer: where it is written is where it is encoded.
package typealias ReplyEncoder = @Sendable (inout ByteBuffer) throws(GRPCStatus) -> Void

/// A method of a service with its message types erased: bytes in, bytes out.
package final class Method: Sendable {
    enum Body: Sendable {
        /// One request, one answer, which is there at once.
        case immediate(@Sendable (ByteBuffer, inout ByteBuffer) throws(GRPCStatus) -> Void)
        /// One request, one answer. `answer` may be called from any thread, once. `isAlone`: nobody else would have to
        /// wait if the event loop did, for a moment.
        case unary(
            @Sendable (ByteBuffer, _ isAlone: Bool, _ answer: @escaping @Sendable (@escaping ReplyEncoder) -> Void) ->
                Void)
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
    /// For the JSON gateway: one answer, without gRPC's prefix, in JSON.
    let toJSON: @Sendable (ByteBuffer) throws(WireError) -> JSON

    private init(
        body: Body, shape: Shape?, fromJSON: @escaping @Sendable (JSON) throws(WireError) -> ByteBuffer,
        toJSON: @escaping @Sendable (ByteBuffer) throws(WireError) -> JSON
    ) {
        self.body = body
        self.shape = shape
        self.fromJSON = fromJSON
        self.toJSON = toJSON
    }

    private convenience init<Call: Message, Reply: Message>(
        _ body: Body, _: Call.Type, _: Reply.Type, clientStreams: Bool = false, serverStreams: Bool = false
    ) {
        self.init(
            body: body,
            shape: Shape(
                call: Call.self, reply: Reply.self, clientStreams: clientStreams, serverStreams: serverStreams),
            fromJSON: { (json) throws(WireError) in try Method.transcode(json, as: Call.self) },
            toJSON: { (bytes) throws(WireError) in GatewayWriter.json(try ProtobufReader.decode(Reply.self, bytes)) })
    }

    package static func unary<Call: Message, Reply: Message>(
        _: Call.Type,
        _ serve: @escaping @Sendable (Call, @escaping @Sendable (Result<Reply, GRPCStatus>) -> Void) -> Void
    ) -> Method {
        deferred(Call.self) { call, _, answer in
            serve(call) { result in answer { () throws(GRPCStatus) in try result.get() } }
        }
    }

    /// As `unary`, but the reply is made on the connection's event loop: the store's writer, which calls back for all
    /// calls of a batch one after the other, has better things to do.
    static func deferred<Call: Message, Reply: Message>(
        _: Call.Type,
        _ serve:
            @escaping @Sendable (
                Call, _ isAlone: Bool, @escaping @Sendable (@escaping @Sendable () throws(GRPCStatus) -> Reply) -> Void
            ) -> Void
    ) -> Method {
        Method(
            .unary { bytes, isAlone, answer in
                let call: Call
                do throws(WireError) { call = try ProtobufReader.decode(Call.self, bytes) } catch {
                    let status = unreadable(error)
                    return answer { (_) throws(GRPCStatus) in throw status }
                }
                serve(call, isAlone) { make in
                    answer { (buffer) throws(GRPCStatus) in ProtobufWriter.append(try make(), to: &buffer) }
                }
            }, Call.self, Reply.self)
    }

    /// Answered at once by a service that encodes for itself.
    static func encoded<Call: Message, Reply: Message>(
        _: Call.Type, _: Reply.Type,
        _ serve: @escaping @Sendable (Call, inout ByteBuffer) throws(GRPCStatus) -> Void
    ) -> Method {
        Method(
            .immediate { (bytes, buffer) throws(GRPCStatus) in
                let call: Call
                do throws(WireError) { call = try ProtobufReader.decode(Call.self, bytes) } catch {
                    throw unreadable(error)
                }
                try serve(call, &buffer)
            }, Call.self, Reply.self)
    }

    package static func immediate<Call: Message, Reply: Message>(
        _: Call.Type, _ serve: @escaping @Sendable (Call) throws(GRPCStatus) -> Reply
    ) -> Method {
        encoded(Call.self, Reply.self) { (call, buffer) throws(GRPCStatus) in
            ProtobufWriter.append(try serve(call), to: &buffer)
        }
    }

    /// As `immediate`, but what is asked may wait, for the disk or for the store's writer, and the event loop must not.
    static func waiting<Call: Message, Reply: Message>(
        _ type: Call.Type, _ serve: @escaping @Sendable (Call) throws(GRPCStatus) -> Reply
    ) -> Method {
        unary(type) { call, answer in
            NIOSingletons.posixBlockingThreadPool.submit { _ in
                answer(Result { () throws(GRPCStatus) in try serve(call) })
            }
        }
    }

    /// - Parameter clientStreams: the client may send more than one message.
    package static func streaming<Call: Message, Reply: Message>(
        _: Call.Type, _: Reply.Type, clientStreams: Bool = true, serverStreams: Bool = true,
        _ open: @escaping @Sendable (any CallStream) -> any CallHandler
    ) -> Method {
        Method(.streaming(open), Call.self, Reply.self, clientStreams: clientStreams, serverStreams: serverStreams)
    }

    /// Refused whatever is asked.
    static func refused(_ status: GRPCStatus) -> Method {
        Method(
            body: .immediate { (_, _) throws(GRPCStatus) in throw status }, shape: nil,
            fromJSON: { (_) throws(WireError) in ByteBuffer() }, toJSON: { (_) throws(WireError) in .null })
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
