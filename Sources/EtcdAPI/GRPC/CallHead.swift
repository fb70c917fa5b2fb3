internal import NIOCore
internal import NIOHPACK

/// The headers that open and close a call.
enum CallHead {
    typealias Fields = [(String, String)]

    enum Parsed {
        case call(Method, timeout: TimeAmount?)
        /// The headers of the whole answer.
        case refused(Fields)
        /// Not a request (RFC 9113, 8.1.1).
        case malformed
    }

    /// `:authority` is not looked at: clients of Unix sockets send all sorts of things there.
    static func parse(_ headers: HPACKHeaders, _ router: [String: Method]) -> Parsed {
        guard isWellFormed(headers) else { return .malformed }
        guard headers.first(name: ":method") == "POST" else {
            return .refused([(":status", "405"), ("allow", "POST")])
        }
        guard isGRPC(headers.first(name: "content-type") ?? "") else {
            return .refused([(":status", "415")])
        }
        let path = headers.first(name: ":path") ?? ""
        guard let method = router[path] else { return .refused(refusal(unknown(path))) }
        var timeout: TimeAmount?
        if let text = headers.first(name: "grpc-timeout") {
            guard let amount = parseTimeout(text) else {
                return .refused(refusal(GRPCStatus(.internal, "malformed grpc-timeout: \"\(text)\"")))
            }
            timeout = amount
        }
        return .call(method, timeout: timeout)
    }

    /// `application/grpc`, `application/grpc+proto`, `application/grpc;...`.
    private static func isGRPC(_ type: String) -> Bool {
        guard type.hasPrefix("application/grpc") else { return false }
        let next = type.utf8.dropFirst("application/grpc".utf8.count).first
        return next == nil || next == UInt8(ascii: "+") || next == UInt8(ascii: ";")
    }

    /// RFC 9113, 8.2 and 8.3: names in lower case, nothing about the connection, and the fields of the request line in
    /// front, each once.
    private static func isWellFormed(_ headers: HPACKHeaders) -> Bool {
        var pseudo: Set<String> = []
        var isBehind = false
        for (name, value, _) in headers {
            if name.utf8.contains(where: { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }) { return false }
            guard name.utf8.first == UInt8(ascii: ":") else {
                isBehind = true
                if ofConnection.contains(name) || (name == "te" && value != "trailers") { return false }
                continue
            }
            if isBehind || !requestLine.contains(name) || !pseudo.insert(name).inserted { return false }
        }
        return pseudo.isSuperset(of: [":method", ":scheme", ":path"])
    }

    private static let requestLine: Set = [":method", ":scheme", ":path", ":authority"]
    private static let ofConnection: Set = [
        "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade",
    ]

    /// Behind what was answered before. nil: OK.
    static func trailers(_ status: GRPCStatus?) -> Fields {
        guard let status else { return [("grpc-status", "0")] }
        return [("grpc-status", String(status.code.rawValue)), ("grpc-message", status.encodedMessage)]
    }

    /// The whole answer, without any message.
    static func refusal(_ status: GRPCStatus?) -> Fields {
        [(":status", "200"), ("content-type", "application/grpc")] + trailers(status)
    }

    /// As grpc-go says it.
    private static func unknown(_ path: String) -> GRPCStatus {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].isEmpty else {
            return GRPCStatus(.unimplemented, "malformed method name: \"\(path)\"")
        }
        return GRPCStatus(.unimplemented, "unknown method \(parts[2]) for service \(parts[1])")
    }

    /// At most eight digits and a unit.
    static func parseTimeout(_ text: String) -> TimeAmount? {
        let digits = text.dropLast()
        guard let unit = text.last, (1...8).contains(digits.utf8.count),
            digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let amount = Int64(digits)
        else { return nil }
        switch unit {
        case "H": return .hours(amount)
        case "M": return .minutes(amount)
        case "S": return .seconds(amount)
        case "m": return .milliseconds(amount)
        case "u": return .microseconds(amount)
        case "n": return .nanoseconds(amount)
        default: return nil
        }
    }
}
