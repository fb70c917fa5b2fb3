import Glibc
import KubeAPI
import Store
import Transport

/// Puts the parts together and takes them apart again. Order of the start: sockets, store, APIs and controllers, READY.
/// Order of the stop: the other way round.
enum DaemonProcess {
    static func run(_ settings: Settings, _ log: DaemonLog) async throws(DaemonError) {
        signal(SIGPIPE, SIG_IGN)
        // A reload has nothing to read anew: every setting is one of the start. It must not end the daemon, though.
        signal(SIGHUP, SIG_IGN)
        let systemd = SystemdNotifier(environment: EnvironmentVariables.all())
        let sockets = try DaemonSockets(settings)
        for problem in sockets.dnsProblems {
            log.warning("\(problem); names are not served there (--dns-listen chooses other addresses, or off)")
        }
        let signals = try StopSignals(endsWithParent: settings.isEphemeral)
        let engine = try openStore(settings, log)
        let tls = settings.serves.contains(.kube) ? try TLSService(settings) : nil
        var kube: KubeService?
        var etcd: EtcdService?
        if let socket = sockets.etcd {
            let all = [socket, sockets.etcdTCP].compactMap(\.self)
            etcd = try await EtcdService.start(settings, engine: engine, sockets: all)
            if let address = settings.etcdListen {
                log.warning("etcd on \(address) is open to every user of this machine; etcd.sock is not")
            }
        }
        if let socket = sockets.api {
            kube = try await KubeService.start(
                settings, engine: engine, socket: socket, dns: sockets.dns, tls: tls, log)
        }
        systemd.notify("READY=1")
        log.info("berthd \(BerthVersion.text) serves \(served(settings, tls)) at revision \(engine.currentRevision)")
        let watchdog = Watchdog(systemd)
        let name = await signals.next()
        systemd.notify("STOPPING=1")
        log.info("\(name): stopping")
        watchdog.stop()
        await kube?.stop()
        await etcd?.stop()
        engine.close()
        sockets.removeOwn(settings)
        log.info("stopped")
    }

    private static func served(_ settings: Settings, _ tls: TLSService?) -> String {
        var paths: [String] = []
        if settings.serves.contains(.kube) { paths.append(settings.apiSocket) }
        if let tls { paths.append(tls.endpoint.server) }
        if settings.serves.contains(.etcd) { paths.append(settings.etcdSocket) }
        if let address = settings.etcdListen { paths.append("\(address)") }
        return paths.joined(separator: ", ")
    }

    private static func openStore(_ settings: Settings, _ log: DaemonLog) throws(DaemonError) -> LocalEngine {
        var options = LocalEngineOptions()
        options.ephemeral = settings.isEphemeral
        options.verifiesFully = settings.verifiesFully
        options.retention = settings.retention
        options.quotaBytes = settings.quotaBytes
        options.reserveBytes = settings.diskReserve
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
}
