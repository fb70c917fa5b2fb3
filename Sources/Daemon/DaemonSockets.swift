import Glibc
import Transport

/// The sockets that the daemon serves: inherited from systemd, or bound here. Their modes come from the umask, so they
/// are bound before any thread runs that could make a file.
struct DaemonSockets {
    /// nil: not served (`--serve etcd`).
    let api: ListeningSocket?
    let etcd: ListeningSocket?

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
        // Whoever connects to what is not served is better refused than kept waiting.
        for socket in inherited where socket.descriptor != api?.descriptor && socket.descriptor != etcd?.descriptor {
            close(socket.descriptor)
        }
    }

    func removeOwn(_ settings: Settings) {
        if api?.isOwn == true { unlink(settings.apiSocket) }
        if etcd?.isOwn == true { unlink(settings.etcdSocket) }
    }
}
