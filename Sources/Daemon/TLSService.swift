import Glibc
import KubeAPI
import Objects
import Registry
import Transport

/// What `--listen` needs: the socket, bound before anything else, and the certificates.
struct TLSService: Sendable {
    let socket: ListeningSocket
    let context: TLSContext
    let endpoint: TLSEndpoint

    /// nil: not asked for.
    init?(_ settings: Settings) throws(DaemonError) {
        guard let wanted = settings.listen else { return nil }
        let (bound, address): (ListeningSocket, TCPAddress)
        do throws(SocketError) { (bound, address) = try TCPListener.bind(wanted, name: "tls") } catch {
            throw DaemonError(message: error.description, code: .unavailable)
        }
        do throws(KeyFileError) {
            let authority = try CertificateAuthority.load(Self.keys(settings), now: { Timestamp.now().seconds })
            context = try TLSContext(authority: authority, hosts: Self.hosts(address, settings))
            endpoint = TLSEndpoint(server: "https://\(address)", authority: authority)
            socket = bound
        } catch {
            throw DaemonError(message: error.description, code: .cannotCreate)
        }
    }

    static func keys(_ settings: Settings) -> KeyDirectory { KeyDirectory(settings.dataDirectory + "/keys") }

    /// Everything that a client may call the server by.
    private static func hosts(_ address: TCPAddress, _ settings: Settings) -> [String] {
        let service = "kubernetes.default.svc"
        var names = ["localhost", "kubernetes", "kubernetes.default", service, service + ".cluster.local"]
        if let own = hostName() { names.append(own) }
        var addresses = ["127.0.0.1", "::1"]
        if !addresses.contains(address.host) { addresses.append(address.host) }
        if let first = RegistryOptions(serviceCIDR: settings.serviceCIDR).apiServiceAddress { addresses.append(first) }
        return names + addresses
    }

    private static func hostName() -> String? {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return nil }
        let name = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return name.isEmpty || name == "localhost" ? nil : name
    }
}
