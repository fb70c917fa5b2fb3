package import Objects
package import Registry

/// The controllers of workloads and of what is around them, as one thing that starts and stops: StatefulSets, the
/// scheduler, pods of lost nodes, endpoints, garbage collection, namespaces, disruption budgets.
///
/// Make all controllers of the daemon first, on the same `SharedInformers`, then start them: the first `start` fills
/// the caches.
package final class WorkloadControllers: Sendable {
    private let informers: SharedInformers
    private let sets: StatefulSetController

    package convenience init(registry: Registry) { self.init(SharedInformers(registry)) }

    package init(_ informers: SharedInformers) {
        self.informers = informers
        sets = StatefulSetController(informers)
    }

    package func start() throws(Status) {
        try informers.start()
        sets.start()
    }

    /// Returns when what was under way has ended.
    package func stop() async {
        await sets.stop()
        informers.stop()
    }
}
