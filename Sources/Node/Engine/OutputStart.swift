import Glibc
import NIOCore
import NIOPosix
import Synchronization

/// The beginning of what a command writes. The rest is read too and thrown away, so that the command neither waits for
/// somebody to read it nor fills the memory of the machine.
final class OutputStart: Sendable {
    /// For the command's standard output and error.
    let writeEnd: CInt
    /// A second descriptor of the read end: what is still in the pipe when the command has ended.
    private let rest: CInt
    private let channel: any Channel
    private let collector: OutputCollector
    private let isWriteEndOpen = Mutex(true)

    static func open(limit: Int) async throws -> OutputStart {
        let (readEnd, writeEnd) = try makePipe()
        let rest = fcntl(readEnd, F_DUPFD_CLOEXEC, 0)
        let collector = OutputCollector(limit: limit)
        do {
            guard rest >= 0 else { throw ioError("open a pipe again") }
            let channel = try await NIOPipeBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(collector)
                    }
                }
                .takingOwnershipOfDescriptor(input: readEnd).get()
            return OutputStart(writeEnd: writeEnd, rest: rest, channel, collector)
        } catch {
            for descriptor in [readEnd, writeEnd, rest] where descriptor >= 0 { close(descriptor) }
            throw error
        }
    }

    private init(writeEnd: CInt, rest: CInt, _ channel: any Channel, _ collector: OutputCollector) {
        self.writeEnd = writeEnd
        self.rest = rest
        self.channel = channel
        self.collector = collector
    }

    /// Once the command has its own copy.
    func closeWriteEnd() {
        isWriteEndOpen.withLock { isOpen in
            if isOpen { close(writeEnd) }
            isOpen = false
        }
    }

    /// What has been written until now; to be called once, when the command has ended. What it left running may write
    /// on, to nobody.
    func finish() async -> [UInt8] {
        closeWriteEnd()
        // Closed already when nobody has the write end any more.
        try? await channel.close()
        defer { close(rest) }
        var buffer = [UInt8](repeating: 0, count: 4096)
        _ = fcntl(rest, F_SETFL, O_NONBLOCK)
        while !collector.isFull {
            let got = read(rest, &buffer, buffer.count)
            guard got > 0 else { break }
            collector.add(buffer[..<got])
        }
        return collector.bytes
    }
}

private final class OutputCollector: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    private let limit: Int
    private let kept = Mutex<[UInt8]>([])

    init(limit: Int) { self.limit = limit }

    var bytes: [UInt8] { kept.withLock { $0 } }
    var isFull: Bool { bytes.count >= limit }

    func add(_ more: ArraySlice<UInt8>) {
        kept.withLock { $0 += more.prefix(limit - $0.count) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        add(Array(unwrapInboundIn(data).readableBytesView)[...])
    }
}
