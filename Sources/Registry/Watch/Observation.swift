package import Objects
import Store

/// A watch in the hands of somebody who does not know the store: it can be ended, and that is all.
package struct Observation: Sendable {
    private let handle: any WatchHandle

    init(_ handle: any WatchHandle) { self.handle = handle }

    package func cancel() { handle.cancel() }
}

extension Registry {
    /// As `watch`, for controllers.
    package func observe(
        _ resource: ResourceName, options: WatchOptions, handler: @escaping @Sendable (WatchMessage) -> Int
    ) throws(Status) -> Observation {
        Observation(try watch(resource, options: options, handler: handler))
    }
}
