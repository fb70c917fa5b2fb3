import NIOConcurrencyHelpers
package import NIOCore
import NIOHTTP1
import NIOPosix

/// Sends requests to one socket and hands the answers back, complete or as they arrive.
package final class HTTPTransport: Sendable {
    package let endpoint: APIEndpoint
    private let userAgent: String
    let pool: ConnectionPool

    package init(
        endpoint: APIEndpoint, userAgent: String, group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    ) {
        self.endpoint = endpoint
        self.userAgent = userAgent
        pool = ConnectionPool(endpoint: endpoint, group: group)
    }

    /// Closes the idle connections; requests under way end by themselves.
    package func shutDown() { pool.shutDown() }

    deinit { pool.shutDown() }

    /// Waits for the whole answer, whatever its status.
    ///
    /// - Throws: `ClientError`, `CancellationError`
    package func send(_ request: APIRequest, limit: Int = 256 << 20) async throws -> APIResponse {
        let running = try await start(request)
        defer { running.deadline?.cancel() }
        let body: [UInt8]
        do {
            body = try await collect(running.answer.body, limit: limit)
        } catch {
            throw running.timedOut.withLockedValue { $0 }
                ? ClientError.timedOut(endpoint, after: request.timeout ?? 0) : error
        }
        return APIResponse(
            status: Int(running.answer.head.status.code),
            headers: running.answer.head.headers.map { ($0.name, $0.value) },
            body: body)
    }

    /// Waits for the head of the answer; the body is read as it arrives, for as long as it lasts.
    ///
    /// - Throws: `ClientError`, `CancellationError`
    package func stream(_ request: APIRequest) async throws -> (response: APIResponse, body: ResponseBody) {
        let running = try await start(request)
        running.deadline?.cancel()
        let head = running.answer.head
        return (
            APIResponse(status: Int(head.status.code), headers: head.headers.map { ($0.name, $0.value) }),
            ResponseBody(producer: running.answer.body)
        )
    }

    private struct Running {
        var answer: StreamedAnswer
        var deadline: Scheduled<Void>?
        var timedOut: NIOLockedValueBox<Bool>
    }

    private func start(_ request: APIRequest) async throws -> Running {
        if let channel = pool.takeIdle() {
            do {
                return try await start(request, on: channel)
            } catch let error as ClientError where error.code == .disconnected && request.method == .get {
                // The server closed the idle connection while the request was on its way; asking again is harmless.
            }
        }
        return try await start(request, on: try await pool.connect())
    }

    private func start(_ request: APIRequest, on channel: any Channel) async throws -> Running {
        let endpoint = endpoint
        let promise = channel.eventLoop.makePromise(of: StreamedAnswer.self)
        let timedOut = NIOLockedValueBox(false)
        let deadline = request.timeout.map { seconds in
            channel.eventLoop.scheduleTask(in: .nanoseconds(Int64(seconds * 1e9))) {
                timedOut.withLockedValue { $0 = true }
                channel.close(promise: nil)
            }
        }
        // A connection that closed a moment ago has no handlers left: then only the write itself tells, and without
        // this the caller would wait for ever.
        let written = channel.eventLoop.makePromise(of: Void.self)
        written.futureResult.whenFailure { promise.fail(ClientError(.disconnected, "\(endpoint.path): \($0)")) }
        channel.writeAndFlush(
            Exchange(head: head(of: request), body: ByteBuffer(bytes: request.body), answer: promise), promise: written)
        do {
            let answer = try await withTaskCancellationHandler {
                try await promise.futureResult.get()
            } onCancel: {
                channel.close(promise: nil)
            }
            return Running(answer: answer, deadline: deadline, timedOut: timedOut)
        } catch {
            deadline?.cancel()
            try Task.checkCancellation()
            if timedOut.withLockedValue({ $0 }) { throw ClientError.timedOut(endpoint, after: request.timeout ?? 0) }
            throw error is ClientError ? error : ClientError(.disconnected, "\(endpoint.path): \(error)")
        }
    }

    func head(of request: APIRequest) -> HTTPRequestHead {
        var headers = HTTPHeaders(request.headers.map { ($0.name, $0.value) })
        headers.replaceOrAdd(name: "Host", value: "localhost")
        headers.replaceOrAdd(name: "User-Agent", value: userAgent)
        if !request.body.isEmpty || request.method == .post || request.method == .put || request.method == .patch {
            headers.replaceOrAdd(name: "Content-Length", value: String(request.body.count))
        }
        return HTTPRequestHead(
            version: .http1_1, method: HTTPMethod(rawValue: request.method.rawValue), uri: request.uri, headers: headers
        )
    }

    private func collect(_ producer: BodyProducer, limit: Int) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        for try await part in producer {
            guard bytes.count + part.readableBytes <= limit else {
                throw ClientError(
                    .tooLarge, "the answer of \(endpoint.path) exceeds \(limit) bytes; ask for less (limit, selectors)")
            }
            bytes.append(contentsOf: part.readableBytesView)
        }
        try Task.checkCancellation()
        return bytes
    }
}

/// The bytes of an answer's body as they arrive. To be read once; abandoning it ends its connection.
package struct ResponseBody: AsyncSequence, Sendable {
    package typealias Element = [UInt8]

    let producer: BodyProducer

    package func makeAsyncIterator() -> Iterator { Iterator(base: producer.makeAsyncIterator()) }

    package struct Iterator: AsyncIteratorProtocol {
        var base: BodyProducer.AsyncIterator

        @concurrent package mutating func next() async throws -> [UInt8]? {
            try await base.next().map { Array($0.readableBytesView) }
        }
    }
}
