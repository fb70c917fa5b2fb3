package import Objects
import Store

/// One resource in memory, kept up to date by a watch: the eyes of a controller. The cache may lag behind the store;
/// writes are guarded by resourceVersions, so what is stale fails instead of overwriting.
package final class Informer: Sendable {
    /// Called in revision order: (nil, new), (old, new), (old, nil). After the watch had to start again, what happened
    /// to an object in between comes as one call.
    package typealias Handler = @Sendable (_ old: Object?, _ new: Object?) -> Void
    package typealias IndexFunction = @Sendable (Object) -> [String]

    package let resource: ResourceName
    private let registry: Registry
    private let state = Locked(InformerState())

    package init(_ registry: Registry, _ resource: ResourceName) {
        self.registry = registry
        self.resource = resource
    }

    /// Before `start`.
    package func addHandler(_ handler: @escaping Handler) { state.withLock { $0.handlers.append(handler) } }

    /// Before `start`: `index` gives the values under which `indexed(by:value:)` finds an object.
    package func addIndex(_ name: String, _ index: @escaping IndexFunction) {
        state.withLock { $0.cache.addIndex(name, index) }
    }

    /// Lists, calls the handlers for what there is, and watches from then on. The handlers for the initial state have
    /// been called when it returns; those for later changes are called on a task of its own.
    package func start() throws(Status) {
        let inbox = try listAndWatch()
        let task = Task { [weak self] in
            var next: InformerInbox? = inbox
            while let inbox = next {
                for await message in inbox.messages { self?.receive(message, inbox) }
                next = await self?.startAgain()
            }
        }
        state.withLock { $0.task = task }
    }

    package func stop() {
        let (handle, task, waiters) = state.withLock { state in
            state.isStopped = true
            defer { state.waiters = [] }
            return (state.handle, state.task, state.waiters)
        }
        for waiter in waiters { waiter.continuation.resume(returning: false) }
        handle?.cancel()
        task?.cancel()
    }

    // MARK: The cache

    package func get(namespace: String = "", name: String) -> Object? {
        state.withLock { $0.cache.get(namespace, name) }
    }

    package func all() -> [Object] { state.withLock { $0.cache.all() } }

    package func indexed(by index: String, value: String) -> [Object] {
        state.withLock { $0.cache.indexed(index, value) }
    }

    /// The cache holds everything up to this revision, and the handlers have been called for it.
    package var revision: Int64 { state.withLock { $0.revision } }

    /// Returns true when the cache holds everything up to `revision`, which may be one that concerns other resources
    /// only; false when the informer is stopped first.
    package func caughtUp(with revision: Int64) async -> Bool {
        state.withLock { $0.handle }?.requestProgress()
        return await withCheckedContinuation { continuation in
            let answer: Bool? = state.withLock { state in
                if state.revision >= revision { return true }
                if state.isStopped { return false }
                state.waiters.append(InformerState.Waiter(revision: revision, continuation: continuation))
                return nil
            }
            if let answer { continuation.resume(returning: answer) }
        }
    }

    // MARK: The watch

    private func listAndWatch() throws(Status) -> InformerInbox {
        let list = try registry.list(resource)
        let changes = state.withLock { $0.cache.replace(with: list.items) }
        call(changes)
        reached(list.revision)
        let inbox = InformerInbox()
        let options = WatchOptions(.after(list.revision))
        let handle = try registry.watchStored(resource, options: options, queued: { inbox.queued }) { inbox.put($0) }
        let stopped = state.withLock { state in
            state.handle = handle
            return state.isStopped
        }
        if stopped { handle.cancel() }
        return inbox
    }

    /// After the watch ended by itself (history was compacted, or the cache was too slow). nil: stopped.
    private func startAgain() async -> InformerInbox? {
        var delay = Duration.milliseconds(10)
        while !state.withLock({ $0.isStopped }) {
            if let inbox = try? listAndWatch() { return inbox }
            // The store cannot answer now. Nobody else would try again for this cache.
            try? await Task.sleep(for: delay)
            delay = min(delay * 2, .seconds(5))
        }
        return nil
    }

    private func receive(_ message: StoredWatchMessage, _ inbox: InformerInbox) {
        inbox.taken(message)
        switch message {
        case .events(let events):
            for event in events { apply(event) }
            if let last = events.last { reached(last.revision) }
        case .bookmark(let revision), .initialEventsEnd(let revision):
            reached(revision)
        case .ended:
            inbox.finish()
        }
    }

    private func apply(_ event: StoredEvent) {
        // What cannot be decoded cannot be listed either: the API refuses to store it.
        guard let object = try? ObjectCoding.decode(event.value, revision: event.revision) else { return }
        let isDeleted = event.kind == .deleted
        let old = state.withLock { $0.cache.set(object, present: !isDeleted) }
        if isDeleted && old == nil { return }
        call([ObjectCache.Change(old: old, new: isDeleted ? nil : object)])
    }

    private func call(_ changes: [ObjectCache.Change]) {
        let handlers = state.withLock { $0.handlers }
        for change in changes { for handler in handlers { handler(change.old, change.new) } }
    }

    private func reached(_ revision: Int64) {
        let ready = state.withLock { state in
            state.revision = max(state.revision, revision)
            let reached = state.revision
            defer { state.waiters.removeAll { $0.revision <= reached } }
            return state.waiters.filter { $0.revision <= reached }
        }
        for waiter in ready { waiter.continuation.resume(returning: true) }
    }
}

struct InformerState: Sendable {
    struct Waiter: Sendable {
        var revision: Int64
        var continuation: CheckedContinuation<Bool, Never>
    }

    var cache = ObjectCache()
    var handlers: [Informer.Handler] = []
    var revision: Int64 = 0
    var handle: (any WatchHandle)?
    var task: Task<Void, Never>?
    var waiters: [Waiter] = []
    var isStopped = false
}

/// What a watch has for an informer that has not been taken yet.
final class InformerInbox: Sendable {
    let messages: AsyncStream<StoredWatchMessage>
    private let continuation: AsyncStream<StoredWatchMessage>.Continuation
    private let queuedBytes = Locked(0)

    init() { (messages, continuation) = AsyncStream.makeStream(of: StoredWatchMessage.self) }

    /// How far a cache may fall behind, as a multiple of what the store grants a watcher. Its events share the store's
    /// bytes, and the moment in which much is written is the wrong one for it to wait: 256 bindings in one batch of the
    /// store are about the whole grant.
    private static let patience = 64

    /// How many bytes wait, as the store is to count them.
    var queued: Int { queuedBytes.withLock { $0 / Self.patience } }

    func put(_ message: StoredWatchMessage) -> Int {
        continuation.yield(message)
        queuedBytes.withLock { $0 += InformerInbox.size(message) }
        return queued
    }

    func taken(_ message: StoredWatchMessage) { queuedBytes.withLock { $0 -= InformerInbox.size(message) } }

    func finish() { continuation.finish() }

    private static func size(_ message: StoredWatchMessage) -> Int {
        guard case .events(let events) = message else { return 0 }
        return events.reduce(0) { $0 + $1.value.count }
    }
}
