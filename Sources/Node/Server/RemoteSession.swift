import CNode
import Glibc
import NIOCore
import NIOPosix
import NIOWebSocket
import Objects

/// One exec, attach or port-forward over a WebSocket.
struct RemoteSession: Sendable {
    var context: NodeContext
    var worker: PodWorker
    var request: RemoteRequest
    /// v5: the client can say that its standard input has ended.
    var canCloseChannels: Bool

    typealias Inbound = NIOAsyncChannelInboundStream<WebSocketFrame>

    func run(_ inbound: Inbound, _ writer: RemoteWriter) async throws {
        do {
            switch request.verb {
            case .exec: try await exec(inbound, writer)
            case .attach: try await attach(inbound, writer)
            case .portforward: try await PortForward(session: self).run(inbound, writer)
            case .log: try await writer.finish(RemoteEnd.failed("logs are read with a plain GET"))
            }
        } catch let status as Status {
            try await writer.finish(status.json)
        } catch let error as NodeError {
            try await writer.finish(RemoteEnd.failed(error.message))
        }
    }

    private var choice: ContainerChoice { ContainerChoice(request: request, state: worker.state) }

    // MARK: exec

    private func exec(_ inbound: Inbound, _ writer: RemoteWriter) async throws {
        let id = try choice.running()
        let command = request.values("command")
        guard !command.isEmpty else {
            throw Status.badRequest("you must specify at least one command for the container")
        }
        let streams = try ExecStreams(request)
        let engine = context.engine
        let process: ExecProcess
        do {
            process = try await context.pool.run {
                try engine.exec(id, command, terminal: streams.terminal >= 0, standard: streams.commandSide)
            }
        } catch {
            streams.closeCommandSide()
            streams.closeOwnSide()
            throw error
        }
        streams.closeCommandSide()
        try await copy(streams, process, inbound, writer)
    }

    private func copy(_ streams: ExecStreams, _ process: ExecProcess, _ inbound: Inbound, _ writer: RemoteWriter)
        async throws
    {
        let input = try await DescriptorWriter(streams.input)
        let ended: Result<CInt?, any Error>
        do {
            ended = .success(try await end(of: process, streams, input, inbound, writer))
        } catch {
            ended = .failure(error)
        }
        await input?.finish()
        // A client that has left hears no more of it.
        guard let code = try ended.get() else { return try await writer.close() }
        try await writer.finish(RemoteEnd.exited(code))
    }

    /// The command's exit code, once its output has ended too; nil as soon as the client has left.
    private func end(
        of process: ExecProcess, _ streams: ExecStreams, _ input: DescriptorWriter?, _ inbound: Inbound,
        _ writer: RemoteWriter
    ) async throws -> CInt? {
        try await withThrowingTaskGroup(of: CInt?.self) { group in
            group.addTask {
                // A client that goes away takes its command with it.
                defer { process.kill() }
                try await receive(inbound, writer, input, terminal: streams.terminal)
                return nil
            }
            group.addTask {
                // What the command left running may keep these open; they end when this task is cancelled.
                async let output: Void = DescriptorReader.copy(streams.output) { bytes in
                    try await writer.write(bytes, to: .stdout)
                }
                async let errors: Void = DescriptorReader.copy(streams.errors) { bytes in
                    try await writer.write(bytes, to: .stderr)
                }
                let code = await process.exitCode()
                _ = try await (output, errors)
                return code
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }

    /// Until the client closes, or the task is cancelled.
    private func receive(_ inbound: Inbound, _ writer: RemoteWriter, _ input: DescriptorWriter?, terminal: CInt)
        async throws
    {
        var messages = RemoteMessages()
        for try await frame in inbound {
            switch try messages.add(frame) {
            case .message(RemoteWriter.Channel.stdin.rawValue, let bytes)?: await input?.write(bytes)
            case .message(RemoteWriter.Channel.resize.rawValue, let bytes)?: resize(terminal, bytes)
            case .message(RemoteWriter.Channel.close.rawValue, var bytes)?:
                if canCloseChannels, bytes.readInteger(as: UInt8.self) == 0 { await input?.finish() }
            case .ping(let data)?: try await writer.pong(data)
            case .closed?: return
            case .message?, nil: break
            }
        }
    }

    private func resize(_ terminal: CInt, _ bytes: ByteBuffer) {
        guard terminal >= 0, let json = try? JSONParser.parse(Array(bytes.readableBytesView)),
            let width = json["Width"]?.integer.flatMap({ UInt16(exactly: $0) }),
            let height = json["Height"]?.integer.flatMap({ UInt16(exactly: $0) })
        else { return }
        _ = cnode_resize_terminal(terminal, width, height)
    }

    // MARK: attach

    /// New output is what the shim writes into the log from now on; input goes to the container's FIFO.
    private func attach(_ inbound: Inbound, _ writer: RemoteWriter) async throws {
        let id = try choice.running()
        let container = try choice.container()
        var input: DescriptorWriter?
        if request.flag("stdin"), container.stdin {
            let fifo = context.paths.attempt(id) + "/stdin"
            input = try await DescriptorWriter(OwnedFile(opening: fifo, O_WRONLY | O_NONBLOCK).take())
        }
        let stdin = input
        let worker = worker
        let follower = LogFollower(path: context.paths.log(id), from: .end)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await receive(inbound, writer, stdin, terminal: -1) }
            group.addTask {
                var follower = follower
                let isOver: @Sendable () -> Bool = {
                    let own = worker.state[id.name]
                    return own.running == nil || own.attempt != id.attempt
                }
                try await follower.run(isOver: isOver) { line in
                    var bytes = ByteBuffer(bytes: line.text)
                    if line.isComplete { bytes.writeString("\n") }
                    try await writer.write(bytes, to: line.isError ? .stderr : .stdout)
                    return true
                }
            }
            try await group.next()
            group.cancelAll()
        }
        await stdin?.finish()
        try await writer.finish(RemoteEnd.success)
    }
}
