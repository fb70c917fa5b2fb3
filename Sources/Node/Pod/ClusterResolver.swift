internal import Glibc

/// Which name servers a pod asks: berthd's, where pods can reach it, and behind it those of the machine.
///
/// berthd answers for names of the cluster only and refuses others; a resolver then asks the next server of the list
/// (glibc and musl do).
struct ClusterResolver {
    /// As `--cluster-dns` says; empty: look whether berthd answers at the bridge.
    var chosen: [String]
    var clusterDomain: String
    var gateway: String?

    /// Blocks for at most `patience` milliseconds.
    func servers(hostResolver: String, patience: Int32 = 200) -> [String] {
        if chosen == ["none"] { return [] }
        guard chosen.isEmpty else { return chosen }
        guard let gateway, Self.answers(gateway, for: clusterDomain, patience) else { return [] }
        // The C library reads three.
        return Array(([gateway] + Self.reachable(hostResolver)).prefix(3))
    }

    /// The host's servers without those on its loopback, which a pod's network does not have.
    static func reachable(_ resolver: String) -> [String] {
        resolver.split(separator: "\n").compactMap { line in
            let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
            guard words.count > 1, words[0] == "nameserver" else { return nil }
            let address = String(words[1])
            return address.hasPrefix("127.") || address == "::1" ? nil : address
        }
    }

    /// The first address of `10.89.0.0/16`: the bridge's.
    static func gateway(of network: String) -> String? {
        let parts = network.split(separator: "/")
        var address = in_addr()
        guard let base = parts.first, inet_pton(AF_INET, String(base), &address) == 1 else { return nil }
        let first = UInt32(bigEndian: address.s_addr) + 1
        return [24, 16, 8, 0].map { String(first >> $0 & 0xff) }.joined(separator: ".")
    }

    /// Somebody there has authority over `domain`.
    private static func answers(_ server: String, for domain: String, _ patience: Int32) -> Bool {
        let descriptor = socket(AF_INET, CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(53).bigEndian
        guard inet_pton(AF_INET, server, &address.sin_addr) == 1 else { return false }
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        let question = question(domain)
        guard connected == 0, send(descriptor, question, question.count, CInt(MSG_NOSIGNAL)) > 0 else {
            return false
        }
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        var answer = [UInt8](repeating: 0, count: 512)
        guard poll(&waiting, 1, patience) == 1, recv(descriptor, &answer, answer.count, 0) >= 12 else { return false }
        // The same query, an answer, with authority, without an error.
        return answer[0] == question[0] && answer[1] == question[1] && answer[2] & 0x84 == 0x84 && answer[3] & 15 == 0
    }

    /// SOA of the domain.
    private static func question(_ domain: String) -> [UInt8] {
        var bytes: [UInt8] = [0x62, 0x65, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]
        for label in domain.split(separator: ".") {
            bytes += [UInt8(truncatingIfNeeded: label.utf8.count)] + Array(label.utf8)
        }
        return bytes + [0, 0, 6, 0, 1]
    }
}
