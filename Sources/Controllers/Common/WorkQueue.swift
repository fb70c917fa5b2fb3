import Synchronization

/// A queue of keys for controllers: informers add, workers take. Adding never blocks and never waits, so it may be called
/// from an informer's handler.
package final class WorkQueue<Key: Hashable & Sendable>: Sendable {
    private struct Shared: ~Copyable {
        var queue = QueueState<Key>()
        var waiting = FIFO<CheckedContinuation<Key?, Never>>()
        var timers: [Key: Timer] = [:]
        var lastTimer: UInt64 = 0
    }

    private struct Timer {
        var id: UInt64
        var deadline: ContinuousClock.Instant
        var task: Task<Void, Never>
    }

    private let shared = Mutex(Shared())
    private let backoff: Backoff

    package init(backoff: Backoff = Backoff()) { self.backoff = backoff }

    /// Keys that could be taken now.
    package var count: Int { shared.withLock { $0.queue.readyCount } }
    /// Nothing waits, nothing is being worked on, no delayed key is to come.
    package var isIdle: Bool { shared.withLock { $0.queue.isIdle && $0.timers.isEmpty } }

    package func add(_ key: Key) {
        let wake = shared.withLock { shared in
            shared.queue.add(key) ? Self.handOver(&shared) : nil
        }
        wake?()
    }

    /// Adds the key once `delay` has passed. Of several delayed adds of a key the earliest counts.
    package func add(_ key: Key, after delay: Duration) {
        guard delay > .zero else { return add(key) }
        let deadline = ContinuousClock.now + delay
        shared.withLock { shared in
            guard !shared.queue.isShutDown else { return }
            if let timer = shared.timers[key] {
                if timer.deadline <= deadline { return }
                timer.task.cancel()
            }
            shared.lastTimer += 1
            let id = shared.lastTimer
            let task = Task { [weak self] in
                try? await Task.sleep(until: deadline, clock: .continuous)
                self?.fire(key, timer: id)
            }
            shared.timers[key] = Timer(id: id, deadline: deadline, task: task)
        }
    }

    /// Adds the key after its backoff, which grows with each call until `forget`.
    package func addRateLimited(_ key: Key) {
        let failures = shared.withLock { $0.queue.countFailure(key) }
        add(key, after: backoff.delay(afterFailures: failures))
    }

    /// The key's work succeeded: its next failure starts with the shortest backoff again.
    package func forget(_ key: Key) { shared.withLock { $0.queue.forget(key) } }

    /// The next key, marked as being worked on until `done`; nil when the queue was shut down.
    package func next() async -> Key? {
        await withCheckedContinuation { continuation in
            let answer: Key?? = shared.withLock { shared in
                if shared.queue.isShutDown { return .some(nil) }
                if let key = shared.queue.take() { return .some(key) }
                shared.waiting.append(continuation)
                return nil
            }
            if let answer { continuation.resume(returning: answer) }
        }
    }

    /// A key that is ready now, or nil; never waits.
    package func nextIfReady() -> Key? { shared.withLock { $0.queue.take() } }

    package func done(_ key: Key) {
        let wake = shared.withLock { shared in
            shared.queue.done(key) ? Self.handOver(&shared) : nil
        }
        wake?()
    }

    /// Drops what waits, cancels what is delayed and answers all waiting workers with nil.
    package func shutDown() {
        let (workers, timers) = shared.withLock { shared in
            shared.queue.shutDown()
            let timers = shared.timers.values.map(\.task)
            shared.timers = [:]
            var workers: [CheckedContinuation<Key?, Never>] = []
            while let worker = shared.waiting.popFirst() { workers.append(worker) }
            return (workers, timers)
        }
        for timer in timers { timer.cancel() }
        for worker in workers { worker.resume(returning: nil) }
    }

    private func fire(_ key: Key, timer id: UInt64) {
        let isCurrent = shared.withLock { shared in
            guard shared.timers[key]?.id == id else { return false }
            shared.timers[key] = nil
            return true
        }
        if isCurrent { add(key) }
    }

    /// Gives the first ready key to the longest waiting worker; the worker is resumed outside the lock.
    private static func handOver(_ shared: inout Shared) -> (@Sendable () -> Void)? {
        guard shared.queue.readyCount > 0, let worker = shared.waiting.popFirst() else { return nil }
        let key = shared.queue.take()
        return { worker.resume(returning: key) }
    }
}
