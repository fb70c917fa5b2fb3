import Controllers
import DNS
import Objects
import Registry

/// All controllers on one set of informers.
struct DaemonControllers: Sendable {
    private let volumes: VolumeControllers
    private let workloads: WorkloadControllers

    init(_ registry: Registry, names: DNSServer?, _ log: DaemonLog) {
        // All are made before the first one starts: starting fills the caches of all.
        let informers = SharedInformers(registry)
        volumes = VolumeControllers(informers, report: { log.warning($0) })
        if let names { NameFeed.connect(informers, to: names) }
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
