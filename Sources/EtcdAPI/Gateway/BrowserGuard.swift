internal import Transport

/// Anything that runs on this machine may use the TCP listener, but a web page in its browser may not: it could send
/// requests to 127.0.0.1 (cross-site), or read answers by way of a name that it points there (DNS rebinding).
enum BrowserGuard {
    static let listener = "etcd-tcp"

    static func refusal(of request: HTTPRequest) -> GRPCStatus? {
        guard request.connection.listener == listener else { return nil }
        if request.headers["Origin"] != nil {
            return GRPCStatus(.permissionDenied, "berth: requests of web pages (with an Origin) are not served")
        }
        guard let host = request.headers["Host"], !isLoopback(host) else { return nil }
        return GRPCStatus(
            .permissionDenied, "berth: the Host '\(host)' is not this machine; say 127.0.0.1, localhost or [::1]")
    }

    /// With or without a port.
    static func isLoopback(_ host: String) -> Bool {
        var name = host[...]
        if let colon = host.lastIndex(of: ":"), !host.hasSuffix("]") { name = host[..<colon] }
        if name == "localhost" || name == "[::1]" { return true }
        let bytes = name.split(separator: ".", omittingEmptySubsequences: false)
        return bytes.count == 4 && bytes[0] == "127" && bytes.allSatisfy { UInt8($0) != nil }
    }
}
