/// A socket that listens already.
package struct ListeningSocket: Sendable {
    /// `api` or `etcd`
    package var name: String
    package var descriptor: CInt

    package init(name: String, descriptor: CInt) {
        self.name = name
        self.descriptor = descriptor
    }
}

/// Why a socket could not be had; the text says which and what to do instead.
package struct SocketError: Error, Sendable, CustomStringConvertible {
    package var description: String
    init(_ description: String) { self.description = description }
}
