internal import Glibc

/// `HOST:PORT` of a flag: `127.0.0.1:6443`, `[::1]:6443`, `localhost:6443`.
package struct TCPAddress: Sendable, Hashable, CustomStringConvertible {
    /// As it was written.
    package let host: String
    package let address: NetworkAddress
    package let port: UInt16

    /// nil for anything else, host names but `localhost` included: what they resolve to is not the flag's to say.
    package init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            return nil
        }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = String(host.dropFirst().dropLast())
        } else if host.contains(":") {
            return nil
        }
        if host == "localhost" { host = "127.0.0.1" }
        guard let address = NetworkAddress(host) else { return nil }
        self.init(host: host, address: address, port: port)
    }

    private init(host: String, address: NetworkAddress, port: UInt16) {
        self.host = host
        self.address = address
        self.port = port
    }

    package func on(port: UInt16) -> TCPAddress { TCPAddress(host: host, address: address, port: port) }
    package var description: String { address.isV4 ? "\(host):\(port)" : "[\(host)]:\(port)" }
}

/// Makes a listening TCP socket.
package enum TCPListener {
    /// Port 0 takes a free one; the address that is returned says which.
    package static func bind(
        _ address: TCPAddress, name: String
    ) throws(SocketError) -> (socket: ListeningSocket, address: TCPAddress) {
        let type = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(address.address.family, type, 0)
        guard descriptor >= 0 else { throw failed("make a socket for", address) }
        // A restart must not wait for the connections of the process before.
        var yes: CInt = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<CInt>.size))
        let isListening =
            address.address.withSocketAddress(port: address.port) { Glibc.bind(descriptor, $0, $1) } == 0
            && listen(descriptor, UnixListener.backlog) == 0
        guard isListening, let port = port(of: descriptor) else {
            let error = failed("listen on", address)
            close(descriptor)
            throw error
        }
        return (ListeningSocket(name: name, descriptor: descriptor, isOwn: true), address.on(port: port))
    }

    private static func port(of descriptor: CInt) -> UInt16? {
        var name = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) } == 0
                // The port is at the same place in both families.
                ? pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                    UInt16(bigEndian: $0.pointee.sin_port)
                }
                : nil
        }
    }

    private static func failed(_ what: String, _ address: TCPAddress) -> SocketError {
        SocketError("cannot \(what) \(address): \(String(cString: strerror(errno)))")
    }
}
