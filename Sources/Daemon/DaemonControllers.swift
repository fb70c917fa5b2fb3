import Controllers
import Objects
import Registry

/// All controllers on one set of informers.
struct DaemonControllers: Sendable {
    private let workloads: WorkloadControllers

    init(_ registry: Registry) {
        let informers = SharedInformers(registry)
        workloads = WorkloadControllers(informers)
    }

    func start() throws(Status) { try workloads.start() }

    func stop() async { await workloads.stop() }
}
