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
        let server: EtcdServer
        do throws(StoreError) {
            server = try EtcdServer(
                group: MultiThreadedEventLoopGroup.singleton, engine: engine, identity: identity,
                isReadOnlyForKubernetes: settings.serves.contains(.kube), alarmFile: "\(directory)/alarms",
                facts: { facts(engine, directory) }, metrics: { metrics(engine, facts(engine, directory)) })
        } catch { throw DaemonError(message: error.description, code: .unavailable) }
        for socket in sockets {
            do { try await server.serve(socket) } catch {
                throw DaemonError(message: "cannot serve the etcd API on \(socket.name): \(error)", code: .unavailable)
            }
        }
        return EtcdService(server: server)
    }

    func stop() async { await server.shutDown(grace: .seconds(2)) }

    /// The checkpoint: its file, and the pages of it that hold something.
    private static func facts(_ engine: LocalEngine, _ directory: String) -> StorageFacts {
        var status = stat()
        let length = stat("\(directory)/lmdb/data.mdb", &status) == 0 ? Int64(status.st_size) : 0
        // A store that has stopped cannot be asked any more, and whoever asks is told the rest all the same.
        let inUse = (try? engine.checkpointBytes().inUse) ?? 0
        let space = engine.space
        return StorageFacts(
            size: length, sizeInUse: min(inUse, length), quota: space.quotaBytes, isOutOfSpace: space.shortage != nil)
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
        # TYPE etcd_mvcc_db_total_size_in_use_in_bytes gauge
        etcd_mvcc_db_total_size_in_use_in_bytes \(facts.sizeInUse)

        """
    }
}
