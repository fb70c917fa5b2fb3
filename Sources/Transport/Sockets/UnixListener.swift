internal import Glibc

/// Makes the listening Unix socket.
package enum UnixListener {
    /// A Unix socket refuses `connect` with EAGAIN when its backlog is full.
    package static let backlog: CInt = 4096

    /// Binds `path` with `mode`. The mode is there from the first instant: it comes from the umask around `bind`, not
    /// from a later `chmod`. The umask belongs to the whole process, so call this before other threads make files.
    /// A socket left behind by a dead process is replaced; one that answers is not, nor anything that is no socket.
    package static func bind(path: String, name: String, mode: UInt32 = 0o660) throws(SocketError) -> ListeningSocket {
        try lock(path)
        try removeStale(path)
        let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw failed("make a socket for", path) }
        let previous = umask(0o777 & ~mode)
        let bound = withAddress(path) { Glibc.bind(descriptor, $0, $1) }
        let reason = errno
        umask(previous)
        guard bound == 0, listen(descriptor, backlog) == 0 else {
            if bound != 0 { errno = reason }
            let error = failed("listen on", path)
            close(descriptor)
            throw error
        }
        return ListeningSocket(name: name, descriptor: descriptor, isOwn: true)
    }

    /// Holds `<path>.lock` for as long as the process lives, so that two starting daemons cannot both find the socket
    /// stale, and one remove the other's.
    private static func lock(_ path: String) throws(SocketError) {
        guard path.utf8.count <= 107 else {
            throw SocketError(
                "socket path \(path) is longer than the 107 bytes that Linux allows; choose a shorter one")
        }
        let descriptor = open("\(path).lock", O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw failed("open the lock file of", path) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let isTaken = errno == EWOULDBLOCK
            let error = failed("lock", path)
            close(descriptor)
            throw isTaken ? SocketError("another daemon serves \(path); stop it or choose another socket") : error
        }
        // Kept open: the lock ends with the process.
    }

    private static func removeStale(_ path: String) throws(SocketError) {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            if errno == ENOENT { return }
            throw failed("look at", path)
        }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw SocketError("\(path) exists and is no socket; it is left alone: move it away")
        }
        guard status.st_uid == geteuid() || geteuid() == 0 else {
            throw SocketError("\(path) belongs to uid \(status.st_uid); it is left alone: remove it")
        }
        guard !answers(path) else {
            throw SocketError("another process answers on \(path); stop it or choose another socket")
        }
        guard unlink(path) == 0 || errno == ENOENT else { throw failed("remove the stale socket", path) }
    }

    private static func answers(_ path: String) -> Bool {
        let descriptor = socket(
            AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue) | CInt(SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        // EAGAIN: somebody listens, but the backlog is full.
        return withAddress(path) { connect(descriptor, $0, $1) } == 0 || errno == EAGAIN
    }

    private static func withAddress<Value>(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Value
    ) -> Value {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, size) }
        }
    }

    private static func failed(_ what: String, _ path: String) -> SocketError {
        SocketError("cannot \(what) \(path): \(String(cString: strerror(errno)))")
    }
}
