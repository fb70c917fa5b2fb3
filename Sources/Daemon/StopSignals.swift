import Dispatch
import Glibc

/// SIGTERM and SIGINT as values, from `init` on: one that comes during the start is not lost.
final class StopSignals: Sendable {
    private let stream: AsyncStream<String>
    // Only kept alive: nobody touches them after `init`.
    nonisolated(unsafe) private let sources: [any DispatchSourceSignal]

    /// `endsWithParent`: also when the process that started this one is gone.
    init(endsWithParent: Bool) {
        let (stream, continuation) = AsyncStream.makeStream(of: String.self)
        self.stream = stream
        sources = [(SIGTERM, "SIGTERM"), (SIGINT, "SIGINT")].map { number, name in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler { continuation.yield(name) }
            source.resume()
            return source
        }
        if endsWithParent { watchParent(continuation) }
    }

    /// There is no signal without prctl, so it looks twice a second; throw-away daemons only.
    private func watchParent(_ continuation: AsyncStream<String>.Continuation) {
        let parent = getppid()
        Task {
            while getppid() == parent { try? await Task.sleep(for: .milliseconds(500)) }
            continuation.yield("end of the parent process")
        }
    }

    /// The name of the signal.
    func next() async -> String {
        for await name in stream { return name }
        return "end"
    }
}
