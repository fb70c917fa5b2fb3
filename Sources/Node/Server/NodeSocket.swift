import Glibc
import NIOCore

/// The node's socket as a file.
enum NodeSocket {
    /// Removes a socket that a dead berth-node left behind (the lock on the state directory says that it is dead), and
    /// nothing else.
    static func makePlace(_ path: String) throws(NodeError) {
        guard path.utf8.count <= 107 else {
            throw NodeError(.io, "the socket path \(path) is longer than the 107 bytes that Linux allows")
        }
        try Files.makeDirectories(Files.parent(of: path))
        var status = stat()
        guard lstat(path, &status) == 0 else {
            if errno == ENOENT { return }
            throw ioError("look at \(path)")
        }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw NodeError(.io, "\(path) exists and is no socket; it is left alone: move it away")
        }
        guard !answers(path) else { throw NodeError(.io, "another process answers on \(path)") }
        guard unlink(path) == 0 else { throw ioError("remove \(path)") }
    }

    /// Lets the user's group connect; who it really is, is checked with every connection.
    static func giveTo(_ user: UInt32, _ path: String) {
        guard let entry = getpwuid(user) else { return }
        chown(path, getuid(), entry.pointee.pw_gid)
    }

    private static func answers(_ path: String) -> Bool {
        let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
    }
}

/// Who is at the other end of a connection.
enum PeerCheck {
    /// The layout of Linux' `struct ucred`, which Glibc shows with _GNU_SOURCE only.
    private struct Credentials {
        var pid: Int32 = 0
        var uid: UInt32 = .max
        var gid: UInt32 = .max
    }

    static func uid(of channel: any Channel) -> EventLoopFuture<UInt32> {
        guard let provider = channel as? any SocketOptionProvider else {
            return channel.eventLoop.makeFailedFuture(NodeError(.unavailable, "the connection is no socket"))
        }
        let credentials: EventLoopFuture<Credentials> = provider.unsafeGetSocketOption(
            level: .socket, name: .init(rawValue: SO_PEERCRED))
        return credentials.map(\.uid)
    }
}
