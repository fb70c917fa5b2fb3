import Store
import Synchronization

/// Keeps every signal, and lets a test wait for the one that it needs.
final class CollectingSink: WatchSink {
    private let signals: AsyncStream<WatchSignal>
    private let continuation: AsyncStream<WatchSignal>.Continuation
    /// What `receive` and `queuedBytes` say.
    let queued: Atomic<Int>
    private let knowsQueue: Bool

    init(queued: Int = 0, knowsQueue: Bool = true) {
        (signals, continuation) = AsyncStream.makeStream()
        self.queued = Atomic(queued)
        self.knowsQueue = knowsQueue
    }

    var queuedBytes: Int? { knowsQueue ? queued.load(ordering: .relaxed) : nil }

    func receive(_ signal: WatchSignal) -> Int {
        continuation.yield(signal)
        if case .cancelled = signal { continuation.finish() }
        return queued.load(ordering: .relaxed)
    }

    /// Signals up to the first that satisfies `isLast`, that one included; all there are if none does.
    func collect(until isLast: (WatchSignal) -> Bool) async -> [WatchSignal] {
        var collected: [WatchSignal] = []
        for await signal in signals {
            collected.append(signal)
            if isLast(signal) { break }
        }
        return collected
    }

    func events(through revision: Int64) async -> [WatchSignal] {
        await collect { signal in
            switch signal {
            case .events(let current, _): current >= revision
            case .progress(let current): current >= revision
            case .cancelled: true
            }
        }
    }
}
