import Synchronization

/// What a sync asks of its queue.
package enum SyncOutcome: Sendable, Hashable {
    /// Nothing more to do until something changes.
    case done
    /// Look again after this time, though nothing failed.
    case again(after: Duration)
    /// It failed; try again after the key's backoff.
    case retry
}

/// Workers that take keys from a queue and bring the world in line with what each key's objects say now. The sync is
/// level-based: it gets the key and never the event. One key is never synced twice at a time.
package final class ControllerLoop<Key: Hashable & Sendable>: Sendable {
    package let queue: WorkQueue<Key>
    private let workers: Int
    private let sync: @Sendable (Key) async -> SyncOutcome
    private let tasks = Mutex<[Task<Void, Never>]>([])

    /// `workers` 1 where syncs of different keys must not overlap (two claims that want one volume).
    package init(
        queue: WorkQueue<Key> = WorkQueue(), workers: Int = 1, sync: @escaping @Sendable (Key) async -> SyncOutcome
    ) {
        self.queue = queue
        self.workers = workers
        self.sync = sync
    }

    package func start() {
        tasks.withLock { tasks in
            guard tasks.isEmpty else { return }
            tasks = (0..<workers).map { _ in Task { await self.work() } }
        }
    }

    /// Returns when the syncs that were under way have ended.
    package func stop() async {
        queue.shutDown()
        let running = tasks.withLock { tasks in
            defer { tasks = [] }
            return tasks
        }
        for task in running { await task.value }
    }

    private func work() async {
        while let key = await queue.next() {
            let outcome = await sync(key)
            switch outcome {
            case .done:
                queue.forget(key)
            case .again(let delay):
                queue.forget(key)
                queue.add(key, after: delay)
            case .retry:
                queue.addRateLimited(key)
            }
            queue.done(key)
        }
    }
}
