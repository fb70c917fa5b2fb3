import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import Objects

/// Runs probes and hooks of one container.
struct Prober: Sendable {
    var context: NodeContext
    var pod: PodSpec
    var id: ContainerID
    var container: ContainerSpec
    var addresses: [String]

    /// Probes until its task is cancelled; `report` hears of each threshold that is reached (and of each failure of a
    /// liveness or startup probe only when it counts).
    func run(_ spec: ProbeSpec, startedAt: WallTime, _ report: @Sendable (Bool, String) -> Void) async {
        var counter = ProbeCounter()
        var last: Bool?
        let firstAt = startedAt.adding(spec.initialDelay)
        do {
            let wait = firstAt.seconds(since: .now())
            if wait > 0 { try await Task.sleep(for: .seconds(wait)) }
            while !Task.isCancelled {
                let (success, message) = await perform(spec.handler, timeout: spec.timeout)
                try Task.checkCancellation()
                if let verdict = counter.add(success: success, spec), verdict != last {
                    last = verdict
                    report(verdict, message)
                }
                try await Task.sleep(for: .seconds(spec.period))
            }
        } catch {
            return  // cancelled: the container has ended
        }
    }

    /// One try of `exec`, `httpGet`, `tcpSocket` or `sleep`.
    func perform(_ action: JSON, timeout: Double) async -> (success: Bool, message: String) {
        let timeout = min(max(timeout, 0), Double(Int32.max))
        do {
            if let command = action.at("exec", "command")?.array?.compactMap(\.string) {
                let (code, output) = try await context.engine.run(id, command, timeout: timeout, on: context.pool)
                guard let code else { return (false, "command timed out after \(Int(timeout))s: \(output)") }
                return (code == 0, output.isEmpty ? "command exited with \(code)" : output)
            }
            if let get = action["httpGet"], get.object != nil { return try await httpGet(get, timeout) }
            if let socket = action["tcpSocket"], socket.object != nil {
                let channel = try await connect(socket, timeout) { $0.eventLoop.makeSucceededVoidFuture() }
                try? await channel.close()
                return (true, "")
            }
            if let seconds = action.at("sleep", "seconds")?.integer {
                try await Task.sleep(for: .seconds(min(Double(seconds), timeout)))
                return (true, "")
            }
            let kind = action.object?.keys.first { $0 == "grpc" } ?? "unknown"
            return (false, "this node does not know \(kind) probes: use exec, httpGet or tcpSocket")
        } catch {
            return (false, String(describing: error))
        }
    }

    private func connect(
        _ target: JSON, _ timeout: Double, _ initializer: @escaping @Sendable (any Channel) -> EventLoopFuture<Void>
    ) async throws -> any Channel {
        let host = target["host"]?.string.flatMap { $0.isEmpty ? nil : $0 } ?? addresses.first ?? "127.0.0.1"
        guard let port = port(target["port"]) else {
            throw NodeError(.configuration, "container \(container.name) has no port \(target["port"]?.string ?? "")")
        }
        return try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connectTimeout(.milliseconds(Int64(timeout * 1000))).channelInitializer(initializer)
            .connect(host: host, port: port).get()
    }

    /// A number, or the name of one of the container's ports.
    private func port(_ value: JSON?) -> Int? {
        if let number = value?.integer { return UInt16(exactly: number).map { Int($0) } }
        guard let name = value?.string else { return nil }
        let named = (container.json["ports"]?.array ?? []).first { $0["name"]?.string == name }
        return named?["containerPort"]?.integer.map { Int($0) } ?? UInt16(name).map { Int($0) }
    }

    private func httpGet(_ get: JSON, _ timeout: Double) async throws -> (Bool, String) {
        // Without a TLS client here, HTTPS is as good as its port.
        guard get["scheme"]?.string != "HTTPS" else {
            try? await connect(get, timeout) { $0.eventLoop.makeSucceededVoidFuture() }.close()
            return (true, "")
        }
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let answer = loop.makePromise(of: HTTPResponseStatus.self)
        let channel: any Channel
        do {
            channel = try await connect(get, timeout) { channel in
                channel.pipeline.addHTTPClientHandlers().flatMapThrowing {
                    try channel.pipeline.syncOperations.addHandler(StatusCatcher(answer))
                }
            }
        } catch {
            answer.fail(error)
            throw error
        }
        let timer = loop.scheduleTask(in: .milliseconds(Int64(timeout * 1000))) {
            answer.fail(NodeError(.unavailable, "no answer within \(Int(timeout)) s"))
        }
        channel.write(HTTPClientRequestPart.head(head(get, channel)), promise: nil)
        channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
        defer {
            timer.cancel()
            channel.close(promise: nil)
        }
        let status = try await answer.futureResult.get()
        return (200..<400 ~= status.code, "HTTP probe failed with statuscode: \(status.code)")
    }

    private func head(_ get: JSON, _ channel: any Channel) -> HTTPRequestHead {
        let path = get["path"]?.string.flatMap { $0.isEmpty ? nil : $0 } ?? "/"
        var head = HTTPRequestHead(version: .http1_1, method: .GET, uri: path.hasPrefix("/") ? path : "/" + path)
        for header in get["httpHeaders"]?.array ?? [] {
            head.headers.add(name: header["name"]?.string ?? "", value: header["value"]?.string ?? "")
        }
        if !head.headers.contains(name: "Host") {
            head.headers.add(name: "Host", value: channel.remoteAddress?.ipAddress ?? addresses.first ?? "localhost")
        }
        head.headers.add(name: "User-Agent", value: "kube-probe/berth")
        head.headers.add(name: "Connection", value: "close")
        return head
    }
}

/// Fulfils a promise with the status of the first answer.
private final class StatusCatcher: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    private let answer: EventLoopPromise<HTTPResponseStatus>

    init(_ answer: EventLoopPromise<HTTPResponseStatus>) { self.answer = answer }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head(let head) = unwrapInboundIn(data) { answer.succeed(head.status) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        answer.fail(NodeError(.unavailable, "the connection was closed before an answer"))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        answer.fail(error)
        context.close(promise: nil)
    }
}
