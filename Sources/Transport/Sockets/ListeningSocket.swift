/// A socket that listens already.
package struct ListeningSocket: Sendable {
    /// `api`, `etcd`, `etcd-tcp` or `dns`
    package var name: String
    package var descriptor: CInt
    /// Made by this process, which removes its file at the end; not handed in by systemd.
    package var isOwn: Bool

    package init(name: String, descriptor: CInt, isOwn: Bool) {
        self.name = name
        self.descriptor = descriptor
        self.isOwn = isOwn
    }
}

/// Why a socket could not be had; the text says which and what to do instead.
package struct SocketError: Error, Sendable, CustomStringConvertible {
    package var description: String
    init(_ description: String) { self.description = description }
}
