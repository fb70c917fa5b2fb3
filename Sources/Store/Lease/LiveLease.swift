/// A lease as the writer keeps it. Its end counts on the monotonic clock, so the wall clock may do what it likes.
struct LiveLease: Hashable, Sendable {
    var id: Int64
    var grantedSeconds: Int64
    /// Monotonic nanoseconds.
    var deadline: Int64
    var renewed: Bool

    func remainingSeconds(now: Int64) -> Int64 { max(0, (deadline - now) / 1_000_000_000) }

    func lease(now: Int64) -> Lease {
        Lease(id: id, grantedSeconds: grantedSeconds, remainingSeconds: remainingSeconds(now: now))
    }
}
