import Glibc
import NIOPosix

/// SIGTERM and SIGINT as values, from `init` on: one that comes during the start is not lost.
struct StopSignals: Sendable {
    private let stream: AsyncStream<String>

    /// `endsWithParent`: also when the process that started this one is gone.
    init(endsWithParent: Bool) throws(DaemonError) {
        var ends: [CInt] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw DaemonError(message: "cannot make a pipe: \(String(cString: strerror(errno)))", code: .software)
        }
        let (stream, continuation) = AsyncStream.makeStream(of: String.self)
        self.stream = stream
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        signalPipe = ends[1]
        for number in [SIGTERM, SIGINT] { signal(number, forwardSignal) }
        Self.read(ends[0], continuation)
        if endsWithParent { Self.watchParent(continuation) }
    }

    /// The name of the signal.
    func next() async -> String {
        for await name in stream { return name }
        return "end of signals"
    }

    private static func read(_ descriptor: CInt, _ continuation: AsyncStream<String>.Continuation) {
        _ = NIOThreadPool.singleton.runIfActive(eventLoop: MultiThreadedEventLoopGroup.singleton.next()) {
            var number: UInt8 = 0
            while Glibc.read(descriptor, &number, 1) == 1 || errno == EINTR {
                continuation.yield(CInt(number) == SIGINT ? "SIGINT" : "SIGTERM")
            }
        }
    }

    /// Swift sees no prctl, so it looks twice a second; throw-away daemons only.
    private static func watchParent(_ continuation: AsyncStream<String>.Continuation) {
        let parent = getppid()
        Task {
            while getppid() == parent { try? await Task.sleep(for: .milliseconds(500)) }
            continuation.yield("end of the parent process")
        }
    }
}

/// Written once, before the handlers that read it are installed.
nonisolated(unsafe) private var signalPipe: CInt = -1

/// All that a signal handler may do: write a byte.
private func forwardSignal(_ number: CInt) {
    var byte = UInt8(truncatingIfNeeded: number)
    _ = write(signalPipe, &byte, 1)
}
