/// How much history is kept without anybody asking.
package struct RetentionPolicy: Sendable, Hashable {
    /// Revisions younger than this are kept, in seconds ...
    package var ageSeconds: Int64 = 86_400
    /// ... as are this many newest ones, whatever their age ...
    package var minimumRevisions: Int64 = 10_000
    /// ... but never more than this.
    package var maximumRevisions: Int64 = 1_000_000

    package init() {}

    /// The revision to compact to.
    /// - Parameter aged: the newest revision that is older than `ageSeconds`, 0 if there is none.
    func target(current: Int64, aged: Int64) -> Int64 {
        max(current - maximumRevisions, min(aged, current - minimumRevisions), 0)
    }
}
