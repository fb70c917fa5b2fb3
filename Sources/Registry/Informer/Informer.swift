package import Objects
import Store

/// One resource in memory, kept up to date by a watch: the eyes of a controller. The cache may lag behind the store;
/// writes are guarded by resourceVersions, so what is stale fails instead of overwriting.
package final class Informer: Sendable {
    /// Called in revision order: (nil, new), (old, new), (old, nil).
    package typealias Handler = @Sendable (_ old: Object?, _ new: Object?) -> Void
    package typealias IndexFunction = @Sendable (Object) -> [String]

    package let resource: ResourceName
    private let registry: Registry
    private let state: Locked<InformerState>

    package init(_ registry: Registry, _ resource: ResourceName) {
        self.registry = registry
        self.resource = resource
        state = Locked(InformerState())
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
        let (stream, continuation) = AsyncStream.makeStream(of: WatchMessage.self)
        let list = try registry.list(resource)
        apply(list)
        let queued = Locked(0)
        let handle = try registry.watch(resource, options: WatchOptions(.after(list.revision))) { message in
            continuation.yield(message)
            if case .ended = message { continuation.finish() }
            return queued.withLock { $0 }
        }
        let task = Task { [weak self] in
            for await message in stream { self?.receive(message) }
        }
        state.withLock {
            $0.handle = handle
            $0.task = task
        }
    }

    package func stop() {
        let (handle, task) = state.withLock { ($0.handle, $0.task) }
        handle?.cancel()
        task?.cancel()
    }

    package func get(namespace: String = "", name: String) -> Object? {
        state.withLock { $0.cache.get(namespace, name) }
    }

    package func all() -> [Object] { state.withLock { $0.cache.all() } }

    package func indexed(by index: String, value: String) -> [Object] {
        state.withLock { $0.cache.indexed(index, value) }
    }

    /// The cache holds everything up to this revision.
    package var revision: Int64 { state.withLock { $0.revision } }

    private func apply(_ list: ObjectList) {
        let changes = state.withLock { state in
            state.revision = list.revision
            return state.cache.replace(with: list.items)
        }
        let handlers = state.withLock { $0.handlers }
        for change in changes { for handler in handlers { handler(change.old, change.new) } }
    }

    private func receive(_ message: WatchMessage) {
        switch message {
        case .events(let events):
            for event in events {
                let new = event.kind == .deleted ? nil : event.object
                let (old, handlers) = state.withLock { state in
                    state.revision = event.revision
                    return (state.cache.set(event.object, present: new != nil), state.handlers)
                }
                for handler in handlers { handler(old ?? event.old, new) }
            }
        case .bookmark(let revision), .initialEventsEnd(let revision):
            state.withLock { $0.revision = max($0.revision, revision) }
        case .ended:
            break
        }
    }
}

struct InformerState: Sendable {
    var cache = ObjectCache()
    var handlers: [Informer.Handler] = []
    var revision: Int64 = 0
    var handle: (any WatchHandle)?
    var task: Task<Void, Never>?
}
