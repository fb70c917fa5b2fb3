import Glibc
import Objects

/// What a Node object says about its machine.
struct MachineFacts {
    var bootID: String
    var machineID: String
    var systemUUID: String
    var kernel: String
    var osImage: String
    var architecture: String
    var processors: Int
    /// Bytes.
    var memory: Int64
    var address: String

    /// Reads them. Blocks.
    static func read(bridge: String) throws(NodeError) -> MachineFacts {
        var name = utsname()
        uname(&name)
        let release = try Files.readText("/etc/os-release") ?? ""
        let pretty = release.split(separator: "\n").first { $0.hasPrefix("PRETTY_NAME=") }
        let machineID = try firstWord("/etc/machine-id")
        let machine = text(&name.machine)
        return MachineFacts(
            bootID: try Boot.id(), machineID: machineID,
            systemUUID: (try? firstWord("/sys/class/dmi/id/product_uuid")).flatMap { $0.isEmpty ? nil : $0 }
                ?? machineID,
            kernel: text(&name.release),
            osImage: pretty.map { $0.dropFirst(12).trimmingQuotes() } ?? "Linux",
            architecture: machine == "x86_64" ? "amd64" : machine == "aarch64" ? "arm64" : machine,
            processors: sysconf(CInt(_SC_NPROCESSORS_ONLN)), memory: try memory(),
            address: primaryAddress(except: bridge))
    }

    private static func firstWord(_ path: String) throws(NodeError) -> String {
        (try Files.readText(path) ?? "").split(whereSeparator: \.isWhitespace).first.map(String.init) ?? ""
    }

    private static func text<Tuple>(_ field: inout Tuple) -> String {
        withUnsafePointer(to: &field) { pointer in
            pointer.withMemoryRebound(to: CChar.self, capacity: MemoryLayout<Tuple>.size) { String(cString: $0) }
        }
    }

    private static func memory() throws(NodeError) -> Int64 {
        let lines = (try Files.readText("/proc/meminfo") ?? "").split(separator: "\n")
        let total = lines.first { $0.hasPrefix("MemTotal:") }?.split(separator: " ").dropFirst().first
        return (total.flatMap { Int64($0) } ?? 0) * 1024
    }

    /// The first IPv4 address that others can reach; the loopback address on a machine that has none.
    private static func primaryAddress(except bridge: String) -> String {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&list) == 0 else { return "127.0.0.1" }
        defer { freeifaddrs(list) }
        var next = list
        while let entry = next {
            next = entry.pointee.ifa_next
            guard let address = entry.pointee.ifa_addr, address.pointee.sa_family == sa_family_t(AF_INET),
                entry.pointee.ifa_flags & UInt32(IFF_LOOPBACK) == 0,
                entry.pointee.ifa_flags & UInt32(IFF_UP) != 0,
                !isBridge(String(cString: entry.pointee.ifa_name), bridge)
            else { continue }
            var text = [CChar](repeating: 0, count: Int(INET_ADDRSTRLEN))
            let found = address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { pointer in
                inet_ntop(AF_INET, &pointer.pointee.sin_addr, &text, socklen_t(text.count))
            }
            if let found { return String(cString: found) }
        }
        return "127.0.0.1"
    }

    private static func isBridge(_ name: String, _ own: String) -> Bool {
        name == own || Files.exists("/sys/class/net/\(name)/bridge")
    }
}

extension Substring {
    fileprivate func trimmingQuotes() -> String { String(filter { $0 != "\"" }) }
}
