import NIOCore

/// A command or an attachment that runs on the other side, with its streams. Its messages are to be read once, to their
/// end; letting go of them ends the session.
package struct RemoteSession: Sendable {
    /// What the server chose: `v5.channel.k8s.io` or `v4.channel.k8s.io`.
    package let subprotocol: String
    package let messages: RemoteMessages
    private let channel: any Channel
    /// Largest message the client sends; servers in the field read 32 KiB at a time.
    private static let chunk = 32 << 10

    init(subprotocol: String, producer: BodyProducer, channel: any Channel) {
        self.subprotocol = subprotocol
        messages = RemoteMessages(producer: producer)
        self.channel = channel
    }

    /// Returns when the bytes are with the kernel, so a slow command slows its sender down.
    package func send(_ bytes: some Collection<UInt8>, on remote: RemoteChannel = .stdin) async throws {
        var rest = bytes[...]
        repeat {
            let part = rest.prefix(Self.chunk)
            rest = rest.dropFirst(part.count)
            try await channel.writeAndFlush(ByteBuffer(bytes: RemoteMessage(remote, Array(part)).payload)).get()
        } while !rest.isEmpty
    }

    /// Tells the command that its input has ended. Only v5 can say so: before, the answer is false and the command
    /// goes on waiting.
    @discardableResult
    package func closeInput() async throws -> Bool {
        guard subprotocol.hasPrefix("v5.") else { return false }
        try await send([RemoteChannel.stdin.rawValue], on: .close)
        return true
    }

    package func resize(columns: Int, rows: Int) async throws {
        try await send(Array(#"{"Width":\#(columns),"Height":\#(rows)}"#.utf8), on: .resize)
    }

    var eventLoop: any EventLoop { channel.eventLoop }

    package func close() { channel.close(promise: nil) }
}

package struct RemoteMessages: AsyncSequence, Sendable {
    package typealias Element = RemoteMessage

    let producer: BodyProducer

    package func makeAsyncIterator() -> Iterator { Iterator(base: producer.makeAsyncIterator()) }

    package struct Iterator: AsyncIteratorProtocol {
        var base: BodyProducer.AsyncIterator

        /// Skips empty messages, which some servers send to open a channel.
        @concurrent package mutating func next() async throws -> RemoteMessage? {
            while let payload = try await base.next() {
                if let message = RemoteMessage(payload: payload.readableBytesView) { return message }
            }
            return nil
        }
    }
}
