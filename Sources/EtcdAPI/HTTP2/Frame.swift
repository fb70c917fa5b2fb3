package import NIOCore

/// One frame of HTTP/2 (RFC 9113, 4.1).
package struct Frame {
    enum Kind {
        static let data: UInt8 = 0
        static let headers: UInt8 = 1
        static let priority: UInt8 = 2
        static let resetStream: UInt8 = 3
        static let settings: UInt8 = 4
        static let pushPromise: UInt8 = 5
        static let ping: UInt8 = 6
        static let goAway: UInt8 = 7
        static let windowUpdate: UInt8 = 8
        static let continuation: UInt8 = 9
    }

    enum Flags {
        static let endStream: UInt8 = 0x1
        static let acknowledge: UInt8 = 0x1
        static let endHeaders: UInt8 = 0x4
        static let padded: UInt8 = 0x8
        static let priority: UInt8 = 0x20
    }

    static let headerLength = 9

    package var kind: UInt8
    package var flags: UInt8
    /// 0: the connection.
    package var stream: UInt32
    package var payload: ByteBuffer

    func has(_ flag: UInt8) -> Bool { flags & flag != 0 }
}

/// RFC 9113, 7.
enum HTTP2Code: UInt32 {
    case noError = 0
    case protocolError = 1
    case internalError = 2
    case flowControlError = 3
    case streamClosed = 5
    case frameSizeError = 6
    case refusedStream = 7
    case cancel = 8
    case compressionError = 9
    case enhanceYourCalm = 11
}

/// What ends the whole connection: it is told why in a GOAWAY.
package struct ConnectionError: Error {
    let code: HTTP2Code
    package let reason: String

    init(_ code: HTTP2Code, _ reason: String) {
        self.code = code
        self.reason = reason
    }
}
