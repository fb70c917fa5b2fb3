internal import NIOConcurrencyHelpers
internal import NIOCore

/// A call with one request that may take long: runs as a task, which is cancelled when the client goes away.
final class TaskCall<Call: Message>: CallHandler {
    typealias Body = @Sendable (Call, any CallStream) async throws(GRPCStatus) -> Void

    private let stream: any CallStream
    private let body: Body
    private struct State {
        var hasRequest = false
        var isClosed = false
        var task: Task<Void, Never>?
    }

    private let state = NIOLockedValueBox(State())

    init(_ stream: any CallStream, _ body: @escaping Body) {
        self.stream = stream
        self.body = body
    }

    func receive(_ message: ByteBuffer) {
        let isFirst = state.withLockedValue { state in
            defer { state.hasRequest = true }
            return !state.hasRequest
        }
        // A second task would never be cancelled.
        guard isFirst else {
            return stream.finish(GRPCStatus(.internal, "more than one request message in a unary call"))
        }
        let call: Call
        do throws(WireError) { call = try ProtobufReader.decode(Call.self, message) } catch {
            return stream.finish(Method.unreadable(error))
        }
        let started = Task { [body, stream] in
            do throws(GRPCStatus) {
                try await body(call, stream)
                stream.finish(nil)
            } catch { stream.finish(error) }
        }
        let isClosed = state.withLockedValue { state in
            state.task = started
            return state.isClosed
        }
        if isClosed { started.cancel() }
    }

    func halfClosed() {
        if state.withLockedValue({ $0.hasRequest }) { return }
        stream.finish(GRPCStatus(.internal, "a unary call without a request message"))
    }

    func closed() {
        let task = state.withLockedValue { state in
            state.isClosed = true
            return state.task
        }
        task?.cancel()
    }
}

extension Method {
    /// One request, one answer (or any number, if the server streams), and a body that may wait.
    static func task<Call: Message, Reply: Message>(
        _ call: Call.Type, _ reply: Reply.Type, serverStreams: Bool = false, _ body: @escaping TaskCall<Call>.Body
    ) -> Method {
        streaming(call, reply, clientStreams: false, serverStreams: serverStreams) { TaskCall($0, body) }
    }
}
