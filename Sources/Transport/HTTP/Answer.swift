internal import NIOHTTP1

/// The answer that an HTTP/1.1 connection is giving; there is one at a time.
struct Answer {
    enum Phase {
        case waiting
        /// The head is out, the body comes in chunks.
        case streaming
        case done
    }

    /// Counts the requests of the connection, so that an exchange that is late cannot write into the next answer.
    private(set) var serial = 0
    var phase = Phase.done
    /// Who is charged for this request; nil: nobody, or nobody any more.
    var account: Account?
    var writable: (@Sendable () -> Void)?
    var closed: (@Sendable () -> Void)?
    private(set) var isHead = false
    private(set) var keepsAlive = false
    private var version = HTTPVersion.http1_1

    /// nil: an answer to something that never became a request; the connection ends with it.
    mutating func begin(_ head: HTTPRequestHead?) {
        serial += 1
        phase = .waiting
        isHead = head?.method == .HEAD
        version = head?.version ?? .http1_1
        // After an upgrade that was not taken the decoder reads no further request.
        keepsAlive = head.map { $0.isKeepAlive && !$0.headers.contains(name: "Upgrade") } ?? false
    }

    /// No request follows this one.
    mutating func closesAfterwards() { keepsAlive = false }

    /// `length` nil: chunked, or to the end of the connection for HTTP/1.0.
    mutating func frame(_ head: ResponseHead, length: Int?) -> HTTPResponseHead {
        var message = HTTPResponseHead(version: version, status: .init(statusCode: head.status))
        message.headers = head.headers.fields
        if let length {
            message.headers.replaceOrAdd(name: "Content-Length", value: String(length))
        } else if version.minor == 0 {
            keepsAlive = false
        } else {
            message.headers.replaceOrAdd(name: "Transfer-Encoding", value: "chunked")
        }
        if !keepsAlive {
            message.headers.replaceOrAdd(name: "Connection", value: "close")
        } else if version.minor == 0 {
            message.headers.replaceOrAdd(name: "Connection", value: "keep-alive")
        }
        return message
    }
}
