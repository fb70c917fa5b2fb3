/// Whether the writer looks for its next request awake before it sleeps. To be woken takes about as long as a sync of
/// the disk; a caller that writes one thing after the other asks again before that. Where nobody does, hardly a turn is
/// spent: what decides is how long the last request let itself be waited for.
struct WriterPatience {
    /// In which a caller that was just answered is back with its next request.
    static let awakeNanoseconds: Int64 = 60_000
    /// A request that woke the writer after this time would have come in the time above: the rest is the waking itself.
    static let asleepNanoseconds: Int64 = 120_000
    /// After a wait awake in vain: waits until the next attempt.
    static let pause = 64

    private var isWorthwhile = false
    private var paused = 0

    /// How long to stay awake; nil for not at all.
    var nanoseconds: Int64? { isWorthwhile && paused == 0 ? Self.awakeNanoseconds : nil }

    /// - Parameter nanoseconds: how long the last wait took, whichever way it was spent.
    mutating func waited(_ nanoseconds: Int64) {
        if self.nanoseconds != nil {
            isWorthwhile = nanoseconds < Self.awakeNanoseconds
            paused = isWorthwhile ? 0 : Self.pause
        } else {
            isWorthwhile = nanoseconds < Self.asleepNanoseconds
            paused = max(0, paused - 1)
        }
    }
}
