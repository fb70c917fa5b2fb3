package import NIOCore

/// A complete request, whatever version of HTTP brought it.
package struct HTTPRequest: Sendable {
    /// `GET`, as sent (methods are case-sensitive).
    package var method: String
    /// Path and query as sent, still percent-encoded.
    package var target: String
    package var headers: Headers
    package var body: ByteBuffer
    package var connection: Connection

    package init(
        method: String, target: String, headers: Headers = Headers(), body: ByteBuffer = ByteBuffer(),
        connection: Connection
    ) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        self.connection = connection
    }

    /// The part of the target before the question mark.
    package var path: Substring { target[..<(target.utf8.firstIndex(of: UInt8(ascii: "?")) ?? target.endIndex)] }

    /// The part of the target after the question mark; empty if there is none.
    package var query: Substring {
        guard let mark = target.utf8.firstIndex(of: UInt8(ascii: "?")) else { return "" }
        return target[target.utf8.index(after: mark)...]
    }

    /// The client wants to leave HTTP on this connection (RFC 9110, 7.8).
    package var asksForUpgrade: Bool {
        headers["Upgrade"] != nil && headers.elements("Connection").contains { $0.lowercased() == "upgrade" }
    }
}

/// Status and header fields of an answer; the transport adds what frames the message.
package struct ResponseHead: Sendable {
    package var status: Int
    package var headers: Headers
    package init(status: Int, headers: Headers = Headers()) {
        self.status = status
        self.headers = headers
    }
}

/// A whole answer.
package struct HTTPResponse: Sendable {
    package var head: ResponseHead
    package var body: ByteBuffer

    package init(status: Int, contentType: String? = nil, body: ByteBuffer = ByteBuffer()) {
        head = ResponseHead(status: status)
        if let contentType { head.headers.add("Content-Type", contentType) }
        self.body = body
    }
}

/// Why the transport itself turned a request down, before any responder saw it.
package enum Refusal: Sendable, Hashable {
    /// Not HTTP, or HTTP that is not allowed here; the text says what.
    case malformed(String)
    case headersTooLarge
    case bodyTooLarge(limit: Int)
    /// Headers or body did not arrive in time.
    case timeout
    /// The peer has too many requests in flight.
    case tooManyRequests

    /// The HTTP status that says so.
    package var status: Int {
        switch self {
        case .malformed: 400
        case .headersTooLarge: 431
        case .bodyTooLarge: 413
        case .timeout: 408
        case .tooManyRequests: 429
        }
    }
}
