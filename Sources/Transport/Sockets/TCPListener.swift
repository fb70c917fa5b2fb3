internal import Glibc

/// Makes a listening TCP socket on the loopback interface.
package enum TCPListener {
    /// Listens on `address` only: an IPv6 socket does not take IPv4 with it.
    package static func bind(_ address: LoopbackAddress, name: String) throws(SocketError) -> ListeningSocket {
        let family = address.isIPv6 ? AF_INET6 : AF_INET
        let descriptor = socket(family, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw failed("make a socket for", address) }
        var on: CInt = 1
        // Connections of an earlier life may still be in TIME_WAIT.
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<CInt>.size))
        guard bind(descriptor, address) == 0, listen(descriptor, UnixListener.backlog) == 0 else {
            let error = failed("listen on", address)
            close(descriptor)
            throw error
        }
        return ListeningSocket(name: name, descriptor: descriptor, isOwn: true)
    }

    private static func bind(_ descriptor: CInt, _ address: LoopbackAddress) -> CInt {
        if address.isIPv6 {
            var inet6 = sockaddr_in6()
            inet6.sin6_family = sa_family_t(AF_INET6)
            inet6.sin6_port = address.port.bigEndian
            inet6.sin6_addr = in6addr_loopback
            return withSocketAddress(&inet6) { Glibc.bind(descriptor, $0, $1) }
        }
        var inet = sockaddr_in()
        inet.sin_family = sa_family_t(AF_INET)
        inet.sin_port = address.port.bigEndian
        inet.sin_addr.s_addr = address.ipv4.bigEndian
        return withSocketAddress(&inet) { Glibc.bind(descriptor, $0, $1) }
    }

    private static func withSocketAddress<Address>(
        _ address: inout Address, _ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt
    ) -> CInt {
        withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<Address>.size))
            }
        }
    }

    private static func failed(_ what: String, _ address: LoopbackAddress) -> SocketError {
        SocketError("cannot \(what) \(address): \(String(cString: strerror(errno)))")
    }
}

/// A port on this machine, reachable from this machine only.
package struct LoopbackAddress: Sendable, Hashable, CustomStringConvertible {
    /// As it was written: `127.0.0.1`, `localhost`, `[::1]`.
    package let host: String
    package let port: UInt16
    /// In host byte order; 0 for IPv6.
    let ipv4: UInt32
    var isIPv6: Bool { ipv4 == 0 }

    package var description: String { "\(host):\(port)" }

    package enum Problem: Error, Hashable {
        /// Not `HOST:PORT`.
        case malformed
        case notLoopback(String)
    }

    /// `HOST:PORT` with a host of 127.0.0.0/8, `localhost` (which is 127.0.0.1) or `[::1]`.
    package init(parsing text: String) throws(Problem) {
        guard let colon = text.lastIndex(of: ":"), colon != text.startIndex,
            let port = UInt16(text[text.index(after: colon)...]), port > 0
        else { throw .malformed }
        host = String(text[..<colon])
        self.port = port
        switch host {
        case "localhost": ipv4 = 0x7f00_0001
        case "[::1]": ipv4 = 0
        default:
            guard let address = Self.ipv4(host) else {
                let isName = host.allSatisfy { $0.isLetter || $0.isNumber || "-_.:[]*".contains($0) }
                throw isName ? .notLoopback(host) : .malformed
            }
            guard address >> 24 == 127 else { throw .notLoopback(host) }
            ipv4 = address
        }
    }

    private static func ipv4(_ text: String) -> UInt32? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var address: UInt32 = 0
        for part in parts {
            guard let byte = UInt8(part) else { return nil }
            address = address << 8 | UInt32(byte)
        }
        return address
    }
}
