internal import NIOCore

/// Counts what costs a client nothing and us something. grpc-go probes the bandwidth with a ping for each burst of data
/// and cancels calls by resetting streams: both are normal here, so the limits are for floods only.
struct FloodGuard {
    private struct Counter {
        let limit: Int
        var count = 0
        var since = NIODeadline.now()

        mutating func add(_ what: String, _ cost: Int = 1) throws(ConnectionError) {
            count += cost
            guard count > limit else { return }
            let now = NIODeadline.now()
            if now - since < FloodGuard.period { throw ConnectionError(.enhanceYourCalm, "too many \(what)") }
            count = 1
            since = now
        }
    }

    private static let period = TimeAmount.seconds(30)
    /// Answers to pings and settings that wait for a client that does not read.
    private static let mostUnread = 10_000

    private var controls = Counter(limit: 100_000)
    private var resets = Counter(limit: 50_000)
    private var errors = Counter(limit: 50_000)
    private var unread = 0
    private var unflushed = 0

    /// A frame that is answered without being a call, or that does nothing.
    /// - Parameter cost: how many times it counts.
    mutating func control(cost: Int = 1) throws(ConnectionError) {
        try controls.add("control frames", cost)
        unread += 1
        unflushed += 1
        if unread > Self.mostUnread { throw ConnectionError(.enhanceYourCalm, "control frames and nobody reads") }
    }

    mutating func reset() throws(ConnectionError) { try resets.add("streams that were reset") }
    mutating func streamError() throws(ConnectionError) { try errors.add("violations of streams") }

    /// The answers that the next flush carries.
    mutating func takeUnflushed() -> Int {
        defer { unflushed = 0 }
        return unflushed
    }

    /// These have left for the socket.
    mutating func left(_ count: Int) { unread -= count }
}
