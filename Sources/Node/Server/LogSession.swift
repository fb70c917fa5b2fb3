import NIOCore
import NIOHTTP1
import Objects
import Synchronization

/// `GET .../log`: a container's output as plain text.
struct LogSession: Sendable {
    var context: NodeContext
    var worker: PodWorker
    var request: RemoteRequest

    typealias Outbound = NIOAsyncChannelOutboundWriter<HTTPPart<HTTPResponseHead, ByteBuffer>>

    /// - Parameter channel: a client that has left ends it, also while there is nothing to write
    func run(_ outbound: Outbound, _ channel: any Channel) async throws {
        let (id, isRunning) = try ContainerChoice(request: request, state: worker.state).logged()
        let path = context.paths.log(id)
        guard Files.exists(path) else { throw Status.notFound(.pods, "\(request.pod) (no log of \(id.name))") }
        var head = HTTPResponseHead(version: .http1_1, status: .ok)
        head.headers = ["Content-Type": "text/plain", "Transfer-Encoding": "chunked"]
        try await outbound.write(.head(head))
        let follows = request.flag("follow") && isRunning
        let worker = worker
        var follower = LogFollower(path: path, from: request.number("tailLines").map { .tail($0) } ?? .beginning)
        let budget = Mutex(max(0, request.number("limitBytes") ?? .max))
        try await follower.run(
            isOver: {
                guard follows, channel.isActive else { return true }
                let own = worker.state[id.name]
                return own.attempt != id.attempt || own.running == nil
            },
            { line in
                guard isWanted(line) else { return true }
                let (bytes, goesOn) = take(text(line), budget)
                if bytes.readableBytes > 0 { try await outbound.write(.body(bytes)) }
                return goesOn
            })
        try await outbound.write(.end(nil))
    }

    private func take(_ bytes: ByteBuffer, _ budget: borrowing Mutex<Int>) -> (ByteBuffer, Bool) {
        var bytes = bytes
        let left = budget.withLock { left in
            defer { left -= min(left, bytes.readableBytes) }
            return left
        }
        let part = bytes.readSlice(length: min(left, bytes.readableBytes)) ?? ByteBuffer()
        return (part, left > part.readableBytes)
    }

    private func text(_ line: LogReader.Line) -> ByteBuffer {
        var bytes = ByteBuffer()
        if request.flag("timestamps") { bytes.writeString("\(line.time) ") }
        bytes.writeBytes(line.text)
        if line.isComplete { bytes.writeString("\n") }
        return bytes
    }

    private func isWanted(_ line: LogReader.Line) -> Bool {
        guard let since else { return true }
        return WallTime(String(line.time)).map { $0 >= since } ?? true
    }

    private var since: WallTime? {
        if let seconds = request.number("sinceSeconds") { return WallTime.now().adding(-Double(seconds)) }
        guard let text = request.value("sinceTime") else { return nil }
        // What is no time does not choose; what is too late for one chooses nothing. (Such texts sort as their times.)
        return WallTime(text) ?? (text > WallTime.now().description ? WallTime(nanoseconds: .max) : nil)
    }
}
