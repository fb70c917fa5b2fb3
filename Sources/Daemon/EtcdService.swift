import EtcdAPI
import Glibc
import NIOCore
import NIOPosix
import Store
import Transport

/// The etcd side: the store under its own protocol.
struct EtcdService {
    private let server: EtcdServer

    static func start(
        _ settings: Settings, engine: LocalEngine, sockets: [ListeningSocket]
    ) async throws(DaemonError) -> EtcdService {
        let (cluster, member) = engine.storeID
        let identity = Identity(
            clusterID: cluster, memberID: member, name: "berth",
            clientURLs: ["unix://\(settings.etcdSocket)"] + (settings.etcdListen.map { ["http://\($0)"] } ?? []))
        let directory = settings.dataDirectory
        let server = EtcdServer(
            group: MultiThreadedEventLoopGroup.singleton, engine: engine, identity: identity,
            isReadOnlyForKubernetes: settings.serves.contains(.kube),
            facts: { facts(directory) }, metrics: { metrics(engine, facts(directory)) })
        for socket in sockets {
            do { try await server.serve(socket) } catch {
                throw DaemonError(message: "cannot serve the etcd API on \(socket.name): \(error)", code: .unavailable)
            }
        }
        return EtcdService(server: server)
    }

    func stop() async { await server.shutDown(grace: .seconds(2)) }

    /// The checkpoint's file; what of it is in use is what the file system has given it.
    private static func facts(_ directory: String) -> StorageFacts {
        var status = stat()
        guard stat("\(directory)/lmdb/data.mdb", &status) == 0 else {
            return StorageFacts(size: 0, sizeInUse: 0, quota: 0, isOutOfSpace: false)
        }
        let allocated = min(Int64(status.st_blocks) * 512, Int64(status.st_size))
        return StorageFacts(size: Int64(status.st_size), sizeInUse: allocated, quota: 0, isOutOfSpace: false)
    }

    /// Under etcd's names, for whoever has dashboards for them.
    private static func metrics(_ engine: LocalEngine, _ facts: StorageFacts) -> String {
        """
        # TYPE etcd_server_has_leader gauge
        etcd_server_has_leader 1
        # TYPE etcd_debugging_mvcc_current_revision gauge
        etcd_debugging_mvcc_current_revision \(engine.currentRevision)
        # TYPE etcd_debugging_mvcc_compact_revision gauge
        etcd_debugging_mvcc_compact_revision \(engine.compactRevision)
        # TYPE etcd_mvcc_db_total_size_in_bytes gauge
        etcd_mvcc_db_total_size_in_bytes \(facts.size)

        """
    }
}
