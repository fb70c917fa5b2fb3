internal import NIOCore
internal import NIOHPACK

/// The headers that open and close a call.
enum CallHead {
    typealias Fields = [(String, String)]

    enum Parsed {
        case call(Method, timeout: TimeAmount?)
        /// The headers of the whole answer.
        case refused(Fields)
    }

    /// `:authority` is not looked at: clients of Unix sockets send all sorts of things there.
    static func parse(_ headers: HPACKHeaders, _ router: [String: Method]) -> Parsed {
        guard headers.first(name: ":method") == "POST" else {
            return .refused([(":status", "405"), ("allow", "POST")])
        }
        guard headers.first(name: "content-type")?.hasPrefix("application/grpc") == true else {
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
        guard let unit = text.last, let amount = Int64(text.dropLast()), amount >= 0, text.count <= 9 else {
            return nil
        }
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
