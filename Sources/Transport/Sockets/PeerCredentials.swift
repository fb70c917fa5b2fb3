internal import Glibc

/// Who opened the other end of a Unix socket, as the kernel says. A connection that was passed on keeps the
/// credentials of the process that made it.
package struct PeerCredentials: Sendable, Hashable {
    package var pid: Int32
    package var uid: UInt32
    package var gid: UInt32
    /// Supplementary groups at the time of `connect`.
    package var groups: [UInt32]

    package init(pid: Int32, uid: UInt32, gid: UInt32, groups: [UInt32] = []) {
        self.pid = pid
        self.uid = uid
        self.gid = gid
        self.groups = groups
    }

    /// nil if `socket` is no connected Unix socket.
    package init?(socket: CInt) {
        // The layout of Linux' `struct ucred`, which Glibc shows with _GNU_SOURCE only.
        var credentials: (pid: Int32, uid: UInt32, gid: UInt32) = (0, .max, .max)
        var length = socklen_t(MemoryLayout.size(ofValue: credentials))
        guard getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &length) == 0, credentials.uid != .max else {
            return nil
        }
        self.init(
            pid: credentials.pid, uid: credentials.uid, gid: credentials.gid, groups: Self.groups(ofPeer: socket))
    }

    private static func groups(ofPeer socket: CInt) -> [UInt32] {
        let soPeerGroups: CInt = 59
        var capacity = 64
        while capacity <= 65_536 {
            var groups = [UInt32](repeating: 0, count: capacity)
            var length = socklen_t(capacity * MemoryLayout<UInt32>.size)
            if getsockopt(socket, SOL_SOCKET, soPeerGroups, &groups, &length) == 0 {
                return Array(groups.prefix(Int(length) / MemoryLayout<UInt32>.size))
            }
            guard errno == ERANGE else { return [] }
            capacity = max(capacity * 2, Int(length) / MemoryLayout<UInt32>.size)
        }
        return []
    }
}
