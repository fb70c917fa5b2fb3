package import Objects

/// The controllers of workloads and of what is around them, as one thing that starts and stops: StatefulSets, the
/// scheduler, pods of lost nodes, endpoints, garbage collection, namespaces, disruption budgets.
///
/// Make all controllers of the daemon first, on the same `SharedInformers`, then start them: the first `start` fills
/// the caches.
package final class WorkloadControllers: Sendable {
    private let informers: SharedInformers
    private let sets: StatefulSetController
    private let scheduler: Scheduler
    private let pods: PodLifecycleController
    private let namespaces: NamespaceController
    private let endpoints: EndpointsController
    private let mirror: EndpointsMirror
    private let disruption: DisruptionController
    private let garbage: GarbageCollector

    /// `binder` is that of the `VolumeControllers` on the same informers: the scheduler asks it.
    package init(_ informers: SharedInformers, binder: VolumeBinder, namespaceGrace: Duration = .seconds(1)) {
        self.informers = informers
        sets = StatefulSetController(informers)
        scheduler = Scheduler(informers, binder: binder)
        pods = PodLifecycleController(informers)
        namespaces = NamespaceController(informers, grace: namespaceGrace)
        endpoints = EndpointsController(informers)
        mirror = EndpointsMirror(informers)
        disruption = DisruptionController(informers)
        // Last, so that it shares the caches of the others.
        garbage = GarbageCollector(informers)
    }

    package func start() throws(Status) {
        try informers.start()
        sets.start()
        scheduler.start()
        pods.start()
        namespaces.start()
        endpoints.start()
        mirror.start()
        disruption.start()
        try garbage.start()
    }

    /// Returns when what was under way has ended.
    package func stop() async {
        await sets.stop()
        await scheduler.stop()
        await pods.stop()
        await namespaces.stop()
        await endpoints.stop()
        await mirror.stop()
        await disruption.stop()
        await garbage.stop()
        informers.stop()
    }
}
