/// A port on this machine, reachable from this machine only.
package struct LoopbackAddress: Sendable, Hashable, CustomStringConvertible {
    package let address: TCPAddress

    package enum Problem: Error, Hashable {
        /// Not `HOST:PORT`.
        case malformed
        case notLoopback(String)
    }

    /// `HOST:PORT` with a host of 127.0.0.0/8, `localhost` (which is 127.0.0.1) or `[::1]`.
    package init(parsing text: String) throws(Problem) {
        guard let colon = text.lastIndex(of: ":"), colon != text.startIndex,
            let port = UInt16(text[text.index(after: colon)...]), port > 0
        else { throw .malformed }
        let host = String(text[..<colon])
        guard let address = TCPAddress(text) else {
            let isName = host.allSatisfy { $0.isLetter || $0.isNumber || "-_.:[]*".contains($0) }
            throw isName ? .notLoopback(host) : .malformed
        }
        guard address.address.isLoopback else { throw .notLoopback(host) }
        self.address = address
    }

    package var description: String { address.description }
}
