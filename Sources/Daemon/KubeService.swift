import Controllers
import DNS
import KubeAPI
import NIOCore
import NIOPosix
import Objects
import Registry
import Store
import Transport

/// The Kubernetes side: registry, controllers and the REST API on its socket.
struct KubeService {
    private let controllers: DaemonControllers
    private let server: HTTPServer
    private let names: NameService?

    /// In this order: the objects that are always there, the socket, the controllers, names.
    static func start(
        _ settings: Settings, engine: LocalEngine, socket: ListeningSocket, dns: [DNSSocket], tls: TLSService?,
        _ log: DaemonLog
    ) async throws(DaemonError) -> KubeService {
        let registry = Registry(engine: engine, options: registryOptions(settings))
        try await step("make the objects that are always there") { () async throws(Status) in
            try await registry.bootstrap()
        }
        let names = NameService(settings, dns)
        let controllers = DaemonControllers(registry, names: names?.server, log)
        var options = APIOptions(nodeSocket: settings.nodeSocket, version: BerthVersion.text)
        let explainer = VolumeExplainer(registry)
        options.explain = { kind, namespace, name throws(Status) in
            try explainer.explain(kind, namespace: namespace, name: name).json
        }
        options.keys = TLSService.keys(settings)
        options.endpoint = tls?.endpoint
        options.grants = settings.grants
        options.snapshot = { SnapshotService.send(engine, $0) }
        let server = names?.server
        options.metrics = {
            StoreMetricsText.text(engine) + (server.map { DNSMetricsText.text($0.figures) } ?? "")
        }
        let listener = HTTPServer(
            group: MultiThreadedEventLoopGroup.singleton, responder: APIServer(registry: registry, options: options))
        do {
            try await listener.serve(socket)
            if let tls { try await listener.serve(tls.socket, tls: tls.context) }
        } catch {
            throw DaemonError(message: "cannot serve \(settings.apiSocket): \(error)", code: .unavailable)
        }
        try await step("start the controllers") { () throws(Status) in try controllers.start() }
        try await names?.start()
        return KubeService(controllers: controllers, server: listener, names: names)
    }

    func stop() async {
        await names?.stop()
        await controllers.stop()
        await server.shutDown(grace: .seconds(2))
    }

    private static func registryOptions(_ settings: Settings) -> RegistryOptions {
        var options = RegistryOptions()
        options.serviceCIDR = settings.serviceCIDR
        options.defaultStorageClass = settings.defaultStorageClass
        return options
    }

    private static func step(_ what: String, _ body: () async throws(Status) -> Void) async throws(DaemonError) {
        do throws(Status) { try await body() } catch {
            throw DaemonError(message: "cannot \(what): \(error)", code: .software)
        }
    }
}
