package import NIOCore

/// What one client may cost. Defaults are for a local daemon (kube-apiserver allows more of everything).
package struct Limits: Sendable {
    /// All header fields together, and the request line.
    package var headerBytes = 16 * 1024
    package var headerFields = 100
    /// kube-apiserver's limit for request bodies.
    package var bodyBytes = 3 * 1024 * 1024
    /// From the first byte of a request to the end of its headers.
    package var headerTime = TimeAmount.seconds(5)
    /// For the body, besides what `bodyBytesPerSecond` grants for its length.
    package var bodyTime = TimeAmount.seconds(10)
    package var bodyBytesPerSecond = 64 * 1024
    /// A kept-alive connection without a request.
    package var idleTime = TimeAmount.seconds(90)
    /// A client that takes nothing of its answer for so long is cut off.
    package var stallTime = TimeAmount.seconds(30)
    package var connectionsPerUser = 1024
    /// Requests being answered, watches and other streams not counted once they have begun.
    package var requestsPerUser = 400

    package init() {}
}
