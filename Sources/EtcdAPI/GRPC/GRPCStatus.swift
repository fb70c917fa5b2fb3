/// The outcome of a call that did not succeed (https://grpc.io/docs/guides/status-codes/).
package struct GRPCStatus: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Code: Int, Sendable {
        case ok = 0
        case cancelled = 1
        case unknown = 2
        case invalidArgument = 3
        case deadlineExceeded = 4
        case notFound = 5
        case alreadyExists = 6
        case permissionDenied = 7
        case resourceExhausted = 8
        case failedPrecondition = 9
        case aborted = 10
        case outOfRange = 11
        case unimplemented = 12
        case `internal` = 13
        case unavailable = 14
        case dataLoss = 15
        case unauthenticated = 16
    }

    package var code: Code
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { "\(code): \(message)" }

    /// What a message may take in a HEADERS frame, three bytes a byte when it is encoded.
    private static let longestMessage = 4096

    /// As `grpc-message` carries it: percent-encoded outside printable ASCII; cut where a client might refuse it whole.
    var encodedMessage: String {
        let message = message.utf8.count > Self.longestMessage ? String(message.prefix(1000)) + "..." : message
        if message.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "%") }) { return message }
        var encoded = ""
        for byte in message.utf8 {
            if byte >= 0x20, byte < 0x7f, byte != UInt8(ascii: "%") {
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let hex = String(byte, radix: 16, uppercase: true)
                encoded += hex.count == 1 ? "%0\(hex)" : "%\(hex)"
            }
        }
        return encoded
    }
}
