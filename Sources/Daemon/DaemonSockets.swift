import DNS
import Glibc
import Transport

/// The sockets that the daemon serves: inherited from systemd, or bound here. Their modes come from the umask, so they
/// are bound before any thread runs that could make a file.
struct DaemonSockets {
    /// nil: not served (`--serve etcd`).
    let api: ListeningSocket?
    let etcd: ListeningSocket?
    let dns: [DNSSocket]
    /// Why names are not served, or not everywhere.
    let dnsProblems: [String]
    /// nil: not asked for (`--etcd-listen`).
    let etcdTCP: ListeningSocket?

    init(_ settings: Settings) throws(DaemonError) {
        let inherited = InheritedSockets.take()
        func socket(_ name: String, path: String, mode: UInt32) throws(DaemonError) -> ListeningSocket {
            if let socket = inherited.first(where: { $0.name == name }) { return socket }
            do throws(SocketError) { return try UnixListener.bind(path: path, name: name, mode: mode) } catch {
                throw DaemonError(message: error.description, code: .unavailable)
            }
        }
        api = settings.serves.contains(.kube) ? try socket("api", path: settings.apiSocket, mode: 0o660) : nil
        // It shows every Secret.
        etcd = settings.serves.contains(.etcd) ? try socket("etcd", path: settings.etcdSocket, mode: 0o600) : nil
        if let address = settings.etcdListen {
            do throws(SocketError) { etcdTCP = try TCPListener.bind(address.address, name: "etcd-tcp").socket } catch {
                throw DaemonError(message: error.description, code: .unavailable)
            }
        } else {
            etcdTCP = nil
        }
        // Whoever connects to what is not served is better refused than kept waiting.
        let used = Set([api, etcd].compactMap(\.?.descriptor))
        let names = settings.serves.contains(.kube) ? inherited.filter { $0.name == "dns" } : []
        for socket in inherited
        where !used.contains(socket.descriptor) && !names.contains(where: { $0.descriptor == socket.descriptor }) {
            close(socket.descriptor)
        }
        (dns, dnsProblems) = try Self.names(
            settings, inherited: names.compactMap { DNSSocket(inherited: $0.descriptor) })
    }

    /// Addresses that were asked for have to be had; those that nobody named are taken where they are free, because a
    /// daemon without the right to port 53 should serve everything else.
    private static func names(
        _ settings: Settings, inherited: [DNSSocket]
    ) throws(DaemonError) -> ([DNSSocket], problems: [String]) {
        guard settings.serves.contains(.kube), settings.dnsListen != .off else { return ([], []) }
        if !inherited.isEmpty { return (inherited, []) }
        var sockets: [DNSSocket] = []
        var problems: [String] = []
        for endpoint in settings.dnsListen.addresses(podCIDR: settings.podCIDR) {
            do throws(DNSSocketError) { sockets += try DNSSocket.bind(endpoint) } catch {
                guard settings.dnsListen == .standard else {
                    throw DaemonError(message: error.description, code: .unavailable)
                }
                problems.append(error.description)
            }
        }
        return (sockets, problems)
    }

    func removeOwn(_ settings: Settings) {
        if api?.isOwn == true { unlink(settings.apiSocket) }
        if etcd?.isOwn == true { unlink(settings.etcdSocket) }
    }
}
