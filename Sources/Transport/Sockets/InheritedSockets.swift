internal import Glibc

/// Sockets that systemd made before the daemon (sd_listen_fds(3)): descriptors from 3 on, named by FileDescriptorName.
package enum InheritedSockets {
    /// Empty unless the variables are meant for this process. Removes them, so that no child takes them for its own.
    package static func take() -> [ListeningSocket] {
        defer { for name in ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"] { unsetenv(name) } }
        let sockets = parse(
            pid: variable("LISTEN_PID"), count: variable("LISTEN_FDS"), names: variable("LISTEN_FDNAMES"),
            process: getpid())
        for socket in sockets { _ = fcntl(socket.descriptor, F_SETFD, FD_CLOEXEC) }
        return sockets
    }

    static func parse(pid: String?, count: String?, names: String?, process: pid_t) -> [ListeningSocket] {
        guard let pid, pid_t(pid) == process, let count = count.flatMap({ CInt($0) }), count > 0, count < 64 else {
            return []
        }
        let names = (names ?? "").split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        return (0..<count).map { index in
            let name = Int(index) < names.count ? names[Int(index)] : ""
            // A unit without FileDescriptorName gets its own name: berthd-api.socket.
            let known = ["api", "etcd", "dns"].first { name == $0 || name == "berthd-\($0).socket" }
            return ListeningSocket(name: known ?? name, descriptor: 3 + index, isOwn: false)
        }
    }

    private static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}
