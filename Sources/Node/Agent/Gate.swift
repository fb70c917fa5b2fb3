import Synchronization

/// Closed at first, opened once for all that wait and all that come later.
final class Gate: Sendable {
    private let waiters: Mutex<[Int: CheckedContinuation<Void, Never>]?> = Mutex([:])
    private let numbers = Atomic(0)

    func open() {
        let waiting = waiters.withLock { waiters in
            defer { waiters = nil }
            return waiters ?? [:]
        }
        for waiter in waiting.values { waiter.resume() }
    }

    /// - Returns: false when it has not been opened within that time, or the task is cancelled
    func isOpen(within seconds: Double) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask { await self.opened() }
            group.addTask {
                // Ended early by cancellation: that is an answer too.
                try? await Task.sleep(for: .seconds(seconds))
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
    }

    private func opened() async -> Bool {
        let number = numbers.add(1, ordering: .relaxed).newValue
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOpen = waiters.withLock { waiters in
                    if Task.isCancelled || waiters == nil { return true }
                    waiters?[number] = continuation
                    return false
                }
                if isOpen { continuation.resume() }
            }
        } onCancel: {
            waiters.withLock { $0?.removeValue(forKey: number) }?.resume()
        }
        return waiters.withLock { $0 == nil }
    }
}
