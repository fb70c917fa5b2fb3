package import Objects
package import Registry
import Synchronization

/// The caches of all controllers of one daemon: one for each resource, however many controllers look at it.
///
/// Controllers ask for theirs and add handlers and indexes while they are made; then `start` fills the caches. A
/// controller starts its workers after that, so that it never decides on half a picture.
package final class SharedInformers: Sendable {
    private struct State {
        var informers: [ResourceName: Informer] = [:]
        var isStarted = false
    }

    package let registry: Registry
    private let state = Mutex(State())

    package init(_ registry: Registry) { self.registry = registry }

    /// Before `start`.
    package func informer(_ resource: ResourceName) -> Informer {
        state.withLock { state in
            if let known = state.informers[resource] { return known }
            precondition(!state.isStarted, "informer of \(resource) asked for after the start")
            let informer = Informer(registry, resource)
            state.informers[resource] = informer
            return informer
        }
    }

    /// Somebody asked for it.
    package func has(_ resource: ResourceName) -> Bool { state.withLock { $0.informers[resource] != nil } }

    /// Lists every resource and watches from there; the second call does nothing.
    package func start() throws(Status) {
        let informers: [Informer] = state.withLock { state in
            guard !state.isStarted else { return [] }
            state.isStarted = true
            return Array(state.informers.values)
        }
        for informer in informers { try informer.start() }
    }

    package func stop() {
        for informer in state.withLock({ Array($0.informers.values) }) { informer.stop() }
    }
}
