import Controllers
import Objects
import Registry

/// All controllers on one set of informers.
struct DaemonControllers: Sendable {
    private let volumes: VolumeControllers
    private let workloads: WorkloadControllers

    init(_ registry: Registry, _ log: DaemonLog) {
        // All are made before the first one starts: starting fills the caches of all.
        let informers = SharedInformers(registry)
        volumes = VolumeControllers(informers, report: { log.warning($0) })
        workloads = WorkloadControllers(informers, binder: volumes.binder)
    }

    func start() throws(Status) {
        try volumes.start()
        try workloads.start()
    }

    func stop() async {
        await volumes.stop()
        await workloads.stop()
    }
}
