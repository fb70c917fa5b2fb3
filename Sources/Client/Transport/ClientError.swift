import Glibc

/// What went wrong between the client and the server. What the server itself answers is a `Status`.
package struct ClientError: Error, Sendable, CustomStringConvertible {
    package enum Code: Sendable, Hashable {
        case socketMissing
        case permissionDenied
        case refused
        /// Any other failure to connect.
        case unreachable
        case timedOut
        /// The connection ended before the answer did.
        case disconnected
        /// The answer is not what the protocol allows.
        case malformedAnswer
        /// The answer exceeds a limit of this client.
        case tooLarge
    }

    package var code: Code
    /// What happened, where, and what to do about it.
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }

    /// Nobody took the request: trying again later is safe, whatever was asked.
    package var isUnreachable: Bool {
        switch code {
        case .socketMissing, .permissionDenied, .refused, .unreachable: true
        case .timedOut, .disconnected, .malformedAnswer, .tooLarge: false
        }
    }
}

extension ClientError {
    /// Says what a failed `connect` on a Unix socket means for the person in front of it.
    static func connecting(to endpoint: APIEndpoint, errno code: CInt) -> ClientError {
        let path = endpoint.path
        switch code {
        case ENOENT, ENOTDIR:
            return ClientError(
                .socketMissing,
                "no socket at \(path): berthd is not running, or serves another path (--socket, BERTH_SOCKET)")
        case EACCES, EPERM:
            return ClientError(
                .permissionDenied,
                "permission denied on \(path): add yourself to group berth (usermod -aG berth USER), then log in again")
        case ECONNREFUSED:
            return ClientError(
                .refused,
                "nobody listens on \(path): berthd has stopped and left its socket behind (systemctl status berthd)")
        default:
            return ClientError(.unreachable, "cannot connect to \(path): \(String(cString: strerror(code)))")
        }
    }

    static func disconnected(_ endpoint: APIEndpoint) -> ClientError {
        ClientError(.disconnected, "\(endpoint.path) closed the connection before its answer was complete")
    }

    static func timedOut(_ endpoint: APIEndpoint, after seconds: Double) -> ClientError {
        ClientError(.timedOut, "no answer from \(endpoint.path) within \(seconds) s")
    }
}
