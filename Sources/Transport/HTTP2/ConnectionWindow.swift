/// How much of a connection's flow-control window its client has used up, and how much of that it can have back.
///
/// Counting the frames that come would not do: the HTTP/2 handler keeps those of streams that were just reset to itself,
/// though they use the window up like any other. It says how much of the window is left, and may count the updates that
/// we wrote into that or not yet, because they can wait in it. So what is known is that at least so much is used up, and
/// never is more given back than that.
struct ConnectionWindow {
    /// Before any update (RFC 9113, 6.9.2).
    private static let initial = 65_535

    /// Bytes of bodies that are not whole yet.
    var held = 0
    private var used = 0
    private var received = 0
    private var returned = 0
    private var grown = 0

    mutating func received(_ size: Int) {
        received += size
        used = max(used, received)
    }

    /// The HTTP/2 handler's word. It counts a frame as a whole when the first of it has come.
    mutating func isLeft(_ left: Int) { used = max(used, Self.initial + grown - left) }

    /// An update has left for the socket, and so the HTTP/2 handler counts it.
    mutating func hasGrown(by size: Int) { grown += size }

    /// What is to be given back; nil if that is less than `threshold`.
    mutating func take(atLeast threshold: Int) -> Int? {
        let due = used - held - returned
        guard due >= threshold else { return nil }
        returned += due
        return due
    }
}
