import DNS
import NIOCore
import NIOPosix
import Transport

/// The name server on its sockets.
struct NameService: Sendable {
    let server: DNSServer
    private let sockets: [DNSSocket]
    /// A loop of its own: a long answer of the API must not let questions pile up until the kernel drops them.
    private let group: MultiThreadedEventLoopGroup

    /// nil: there is nothing to serve it on.
    init?(_ settings: Settings, _ sockets: [DNSSocket]) {
        let servers = settings.dnsListen.addresses(podCIDR: settings.podCIDR).map(\.address)
        guard !sockets.isEmpty,
            let options = Zone.Options(networks: [settings.podCIDR, settings.serviceCIDR], servers: servers)
        else { return nil }
        self.sockets = sockets
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        server = DNSServer(group: group, options: options)
    }

    /// Once the records are there: an answer that a name does not exist would be kept by whoever asked too early.
    func start() async throws(DaemonError) {
        for socket in sockets {
            do { try await server.serve(socket) } catch {
                throw DaemonError(message: "cannot serve DNS: \(error)", code: .unavailable)
            }
        }
    }

    func stop() async {
        await server.shutDown()
        // Nothing runs on it any more; a loop that does not end in order ends with the process.
        try? await group.shutdownGracefully()
    }
}

/// What `--dns-listen` says.
enum NameServing: Sendable, Equatable {
    /// Where it can be: what cannot be bound is logged and left out.
    case standard
    case off
    case on([DNSEndpoint])

    static let loopback = "127.0.0.153"

    /// The standard ones are an address of its own on the loopback, and the address that the pods' bridge has.
    func addresses(podCIDR: String) -> [DNSEndpoint] {
        switch self {
        case .off: return []
        case .on(let endpoints): return endpoints
        case .standard:
            let addresses = [NetworkAddress(Self.loopback), IPv4Network(podCIDR)?.gateway]
            return addresses.compactMap { $0.map { DNSEndpoint(address: $0, port: 53) } }
        }
    }

    func text(podCIDR: String) -> String {
        self == .off ? "off" : addresses(podCIDR: podCIDR).map(\.description).joined(separator: ",")
    }
}
