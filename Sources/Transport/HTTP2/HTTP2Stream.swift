internal import NIOCore
internal import NIOHPACK
internal import NIOHTTP2

/// One request of an HTTP/2 connection and its answer. Event loop only.
final class HTTP2Stream {
    enum Phase {
        case receiving, waiting, streaming
        /// Answered; what the client still sends is dropped.
        case done
    }

    let identifier: HTTP2StreamID
    var phase = Phase.receiving
    var method = ""
    var target = ""
    var headers = Headers()
    var body = ByteBuffer()
    /// Bytes of the body that the connection's window has not been given back yet.
    var owedWindow = 0
    var hasEndedInput = false
    /// nil: not charged.
    var account: Account?
    var writable: (@Sendable () -> Void)?
    var closed: (@Sendable () -> Void)?

    /// Bytes of the answer that have not left for the socket.
    private(set) var queued = 0
    /// The body must be whole by then, or the answer must have moved on; nil: nothing is waited for.
    var due: NIODeadline?
    /// The client of a refused request is still sending; so long it may, and gets to read the answer meanwhile.
    var lingersUntil: NIODeadline? {
        didSet { due = lingersUntil }
    }
    private var wasFull = false

    static let highWatermark = 64 * 1024

    init(_ identifier: HTTP2StreamID) { self.identifier = identifier }

    var isHead: Bool { method == "HEAD" }
    var isWritable: Bool { queued < Self.highWatermark }

    /// nil: no request (RFC 9113, 8.3.1), with why.
    static func head(_ fields: HPACKHeaders) -> (method: String, target: String, headers: Headers)? {
        var (method, target) = ("", "")
        var headers = Headers()
        for (name, value, _) in fields {
            switch name {
            case ":method": method = value
            case ":path": target = value
            case ":authority": headers.add("Host", value)
            case ":scheme": break
            case _ where name.hasPrefix(":"): return nil
            default: headers.add(name, value)
            }
        }
        guard isMethod(method), target.hasPrefix("/") else { return nil }
        return (method, target, headers)
    }

    /// HTTP/1.1's parser knows the methods that there are. Here nothing looks at them: what is no token (RFC 9110,
    /// 5.6.2) or longer than any method must not get as far as being copied into answers and requests.
    private static func isMethod(_ text: String) -> Bool {
        (1...longestMethod).contains(text.utf8.count) && text.utf8.allSatisfy(isTokenByte)
    }

    private static let longestMethod = 32

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: tokenMarks.contains(byte)
        }
    }

    private static let tokenMarks = Array("!#$%&'*+-.^_`|~".utf8)

    func wrote(_ count: Int, stall: TimeAmount) {
        queued += count
        if due == nil { due = .now() + stall }
        if !isWritable { wasFull = true }
    }

    /// Progress: some of it has left.
    func left(_ count: Int, stall: TimeAmount) {
        queued -= count
        due = queued > 0 ? .now() + stall : lingersUntil
        guard wasFull, queued < Self.highWatermark / 2 else { return }
        wasFull = false
        writable?()
    }
}

extension ResponseHead {
    /// Names in lower case, and none that speak of one HTTP/1.1 connection.
    var hpack: HPACKHeaders {
        var clean = headers
        clean.removeHopByHop()
        var fields: HPACKHeaders = [":status": String(status)]
        for (name, value) in clean.all { fields.add(name: name.lowercased(), value: value) }
        return fields
    }
}
