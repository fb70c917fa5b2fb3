package import NIOCore

/// A method of a service with its message types erased: bytes in, bytes out.
package struct Method: Sendable {
    enum Body: Sendable {
        /// One request, one answer. `answer` may be called from any thread, once.
        case unary(@Sendable (ByteBuffer, @escaping @Sendable (Result<ByteBuffer, GRPCStatus>) -> Void) -> Void)
        /// A stream of answers, and perhaps of requests.
        case streaming(@Sendable (any CallStream) -> any CallHandler)
    }

    let body: Body

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
            })
    }

    package static func immediate<Call: Message, Reply: Message>(
        _ type: Call.Type, _ serve: @escaping @Sendable (Call) throws(GRPCStatus) -> Reply
    ) -> Method {
        unary(type) { call, answer in
            answer(Result { () throws(GRPCStatus) in try serve(call) })
        }
    }

    package static func streaming(_ open: @escaping @Sendable (any CallStream) -> any CallHandler) -> Method {
        Method(body: .streaming(open))
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
