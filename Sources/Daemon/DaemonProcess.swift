import Controllers
import Glibc
import KubeAPI
import NIOCore
import NIOPosix
import Objects
import Registry
import Store
import Transport

/// Puts the parts together and takes them apart again. Order of the start: sockets (their mode comes from the umask,
/// so before any thread), store, bootstrap objects, controllers, READY. Order of the stop: the other way round.
enum DaemonProcess {
    static func run(_ settings: Settings, _ log: DaemonLog) async throws(DaemonError) {
        signal(SIGPIPE, SIG_IGN)
        let systemd = SystemdNotifier(environment: EnvironmentVariables.all())
        let socket = try listen(settings)
        let signals = try StopSignals(endsWithParent: settings.isEphemeral)
        let engine = try openStore(settings, log)
        let registry = Registry(engine: engine, options: registryOptions(settings))
        try await step("make the objects that are always there") { () async throws(Status) in
            try await registry.bootstrap()
        }
        let controllers = DaemonControllers(registry, log)
        let server = HTTPServer(
            group: MultiThreadedEventLoopGroup.singleton,
            responder: APIServer(registry: registry, options: apiOptions(settings)))
        do {
            try await server.serve(socket)
        } catch {
            throw DaemonError(message: "cannot serve \(settings.apiSocket): \(error)", code: .unavailable)
        }
        try await step("start the controllers") { () throws(Status) in try controllers.start() }
        systemd.notify("READY=1")
        log.info("berthd \(BerthVersion.text) serves \(settings.apiSocket) at revision \(engine.currentRevision)")
        let watchdog = Watchdog(systemd)
        let name = await signals.next()
        systemd.notify("STOPPING=1")
        log.info("\(name): stopping")
        watchdog.stop()
        await controllers.stop()
        await server.shutDown(grace: .seconds(2))
        engine.close()
        if socket.isOwn { unlink(settings.apiSocket) }
        log.info("stopped")
    }

    private static func listen(_ settings: Settings) throws(DaemonError) -> ListeningSocket {
        let inherited = InheritedSockets.take()
        // Not served yet: whoever connects is better refused than kept waiting.
        for socket in inherited where socket.name != "api" { close(socket.descriptor) }
        if let socket = inherited.first(where: { $0.name == "api" }) { return socket }
        do throws(SocketError) {
            return try UnixListener.bind(path: settings.apiSocket, name: "api")
        } catch {
            throw DaemonError(message: error.description, code: .unavailable)
        }
    }

    private static func openStore(_ settings: Settings, _ log: DaemonLog) throws(DaemonError) -> LocalEngine {
        var options = LocalEngineOptions()
        options.ephemeral = settings.isEphemeral
        options.log = { level, text in
            switch level {
            case .info: log.info(text)
            case .warning: log.warning(text)
            case .error: log.error(text)
            }
        }
        do throws(StoreError) {
            return try LocalEngine.open(directory: settings.dataDirectory, options: options)
        } catch {
            throw DaemonError(
                message: "cannot open the store: \(error)", code: error.code == .io ? .input : .cannotCreate)
        }
    }

    private static func registryOptions(_ settings: Settings) -> RegistryOptions {
        var options = RegistryOptions()
        options.serviceCIDR = settings.serviceCIDR
        options.defaultStorageClass = settings.defaultStorageClass
        return options
    }

    private static func apiOptions(_ settings: Settings) -> APIOptions {
        APIOptions(nodeSocket: settings.nodeSocket, version: BerthVersion.text)
    }

    private static func step(
        _ what: String, _ body: () async throws(Status) -> Void
    ) async throws(DaemonError) {
        do throws(Status) {
            try await body()
        } catch {
            throw DaemonError(message: "cannot \(what): \(error)", code: .software)
        }
    }
}
