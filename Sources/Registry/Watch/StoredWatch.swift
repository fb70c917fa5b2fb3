package import Objects
import Store

/// A running watch, for layers that do not know the store.
package struct StoredWatch: Sendable {
    private let handle: any WatchHandle

    init(_ handle: any WatchHandle) { self.handle = handle }

    package func cancel() { handle.cancel() }
    /// Asks for a `bookmark` behind everything that was handed over so far.
    package func requestProgress() { handle.requestProgress() }
}

extension Registry {
    /// As `watchStored`.
    package func openStoredWatch(
        _ resource: ResourceName, namespace: String? = nil, options: WatchOptions,
        queued: (@Sendable () -> Int)? = nil, handler: @escaping @Sendable (StoredWatchMessage) -> Int
    ) throws(Status) -> StoredWatch {
        StoredWatch(
            try watchStored(resource, namespace: namespace, options: options, queued: queued, handler: handler))
    }

    /// The newest revision.
    package var revision: Int64 { engine.currentRevision }
    /// Reads below this revision fail.
    package var compactRevision: Int64 { engine.compactRevision }
}
