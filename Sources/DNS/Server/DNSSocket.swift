internal import Glibc
internal import NIOCore
package import Transport

/// `127.0.0.153:53`, `[::1]:53`
package struct DNSEndpoint: Sendable, Hashable, CustomStringConvertible {
    package var address: NetworkAddress
    package var port: UInt16

    package init(address: NetworkAddress, port: UInt16) {
        self.address = address
        self.port = port
    }

    package init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]), port > 0 else {
            return nil
        }
        var host = String(text[..<colon])
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        if isBracketed { host = String(host.dropFirst().dropLast()) }
        guard let address = NetworkAddress(host), address.isV4 != isBracketed else { return nil }
        self.init(address: address, port: port)
    }

    package var description: String { address.isV4 ? "\(address):\(port)" : "[\(address)]:\(port)" }
}

/// A bound socket: made here, or handed in by systemd.
package struct DNSSocket: Sendable {
    package enum Transport: Sendable { case datagrams, streams }

    package var transport: Transport
    package var descriptor: CInt

    /// What an inherited descriptor is; nil if it is neither.
    package init?(inherited descriptor: CInt) {
        var type: CInt = 0
        var length = socklen_t(MemoryLayout<CInt>.size)
        guard getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &length) == 0 else { return nil }
        switch type {
        case CInt(SOCK_DGRAM.rawValue): transport = .datagrams
        case CInt(SOCK_STREAM.rawValue): transport = .streams
        default: return nil
        }
        self.descriptor = descriptor
    }

    private init(_ transport: Transport, _ descriptor: CInt) {
        self.transport = transport
        self.descriptor = descriptor
    }

    /// Both transports on one address, or none. The address need not exist yet (IP_FREEBIND): the pods' bridge comes
    /// with the first pod.
    package static func bind(_ endpoint: DNSEndpoint) throws(DNSSocketError) -> [DNSSocket] {
        let datagrams = try bind(endpoint, .datagrams)
        do {
            return [datagrams, try bind(endpoint, .streams)]
        } catch {
            close(datagrams.descriptor)
            throw error
        }
    }

    private static func bind(_ endpoint: DNSEndpoint, _ transport: Transport) throws(DNSSocketError) -> DNSSocket {
        let type = transport == .datagrams ? SOCK_DGRAM : SOCK_STREAM
        let descriptor = socket(endpoint.address.family, CInt(type.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw DNSSocketError(endpoint, errno) }
        var yes: CInt = 1
        let size = socklen_t(MemoryLayout<CInt>.size)
        // A socket with SO_REUSEADDR would share a UDP port with another daemon instead of being refused.
        if transport == .streams { setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, size) }
        let ipFreebind: CInt = 15
        setsockopt(descriptor, CInt(IPPROTO_IP), ipFreebind, &yes, size)
        // A burst of questions waits in the socket while the event loop does something else.
        var buffer: CInt = 4 << 20
        setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &buffer, size)
        let result = endpoint.address.withSocketAddress(port: endpoint.port) { Glibc.bind(descriptor, $0, $1) }
        guard result == 0, transport == .datagrams || listen(descriptor, 256) == 0 else {
            let error = DNSSocketError(endpoint, errno)
            close(descriptor)
            throw error
        }
        return DNSSocket(transport, descriptor)
    }
}

/// Why an address cannot be served.
package struct DNSSocketError: Error, Sendable, CustomStringConvertible {
    package let endpoint: DNSEndpoint
    package let number: CInt

    init(_ endpoint: DNSEndpoint, _ number: CInt) {
        self.endpoint = endpoint
        self.number = number
    }

    package var description: String {
        let why = "cannot answer DNS on \(endpoint): \(String(cString: strerror(number)))"
        return switch number {
        case EACCES: why + "; ports below 1024 need CAP_NET_BIND_SERVICE or berthd-dns.socket"
        case EADDRINUSE: why + "; another name server is there"
        default: why
        }
    }
}
