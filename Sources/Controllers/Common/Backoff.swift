/// How long a key that failed waits before its next turn: exponential, as client-go's item rate limiter
/// (5 ms doubled up to 1,000 s there; the ceiling is lower here, because what a single machine waits for comes back in
/// seconds).
package struct Backoff: Sendable, Hashable {
    package var first: Duration
    package var ceiling: Duration

    package init(first: Duration = .milliseconds(5), ceiling: Duration = .seconds(30)) {
        self.first = first
        self.ceiling = ceiling
    }

    /// `failures`: failures in a row before the one that is being waited for.
    package func delay(afterFailures failures: Int) -> Duration {
        guard failures < 32 else { return ceiling }
        return min(first * (1 << failures), ceiling)
    }
}
