/// A lease as the writer keeps it. Its end counts on the monotonic clock, so the wall clock may do what it likes.
struct LiveLease: Hashable, Sendable {
    /// What a start adds to a recorded deadline: the answer left a little later than the record was made.
    static let recordSlack: Int64 = 1_000_000_000

    var id: Int64
    var grantedSeconds: Int64
    /// Monotonic nanoseconds.
    var deadline: Int64
    /// The record on the disk has this deadline.
    var isSettled: Bool
    /// It is over, but one batch could not take all its keys. What is left of them is removed as soon as possible, and
    /// for clients the lease is gone.
    var isEnding: Bool

    init(id: Int64, grantedSeconds: Int64, deadline: Int64, isSettled: Bool, isEnding: Bool = false) {
        self.id = id
        self.grantedSeconds = grantedSeconds
        self.deadline = deadline
        self.isSettled = isSettled
        self.isEnding = isEnding
    }

    /// The longest TTL is close to all that fits into 64 bits, and a clock that has run for years comes on top.
    var grantedNanoseconds: Int64 { grantedSeconds.multiplied(saturating: 1_000_000_000) }

    /// Its time begins anew.
    mutating func renew(now: Int64) { deadline = now.adding(saturating: grantedNanoseconds) }

    private func remainingNanoseconds(now: Int64) -> Int64 { max(0, deadline.subtracting(saturating: now)) }

    func remainingSeconds(now: Int64) -> Int64 { remainingNanoseconds(now: now) / 1_000_000_000 }

    func lease(now: Int64) -> Lease {
        Lease(id: id, grantedSeconds: grantedSeconds, remainingSeconds: remainingSeconds(now: now))
    }

    /// - Parameters now, wall, boot: the three clocks of one moment.
    func record(now: Int64, wall: Int64, boot: UInt64) -> LeaseRecord {
        LeaseRecord(
            id: id, grantedSeconds: grantedSeconds,
            deadlineNanoseconds: wall.adding(saturating: deadline.subtracting(saturating: now)), renewed: !isSettled,
            remainingNanoseconds: remainingNanoseconds(now: now), monotonicDeadline: deadline, boot: boot)
    }

    /// What is left of a recorded lease. It never ends early:
    ///
    ///     renewed since it was recorded    its full time, because when it was renewed last is not known
    ///     over when it was recorded        nothing: the removal of its keys, or a stop, came before its end
    ///     recorded in this boot            until its deadline on the monotonic clock, which processes share
    ///     recorded in an earlier boot      what was left when it was recorded: how long the machine was off is known
    ///                                      to the wall clock only, and that may be wrong
    init(_ record: LeaseRecord, now: Int64, boot: UInt64) {
        let full = record.grantedSeconds.multiplied(saturating: 1_000_000_000)
        let isOfThisBoot = record.boot == boot && boot != 0
        let isEnding = !record.renewed && record.remainingNanoseconds <= 0
        let rest: Int64 =
            if record.renewed {
                full
            } else if isEnding {
                0
            } else if isOfThisBoot {
                record.monotonicDeadline.subtracting(saturating: now).adding(saturating: Self.recordSlack)
            } else {
                record.remainingNanoseconds
            }
        self.init(
            id: record.id, grantedSeconds: record.grantedSeconds,
            deadline: now.adding(saturating: min(full, max(0, rest))),
            isSettled: isEnding || (!record.renewed && isOfThisBoot), isEnding: isEnding)
    }
}

/// Times far in the future stop at the end of the numbers.
extension Int64 {
    func adding(saturating other: Int64) -> Int64 {
        let (sum, isTooLarge) = addingReportingOverflow(other)
        return isTooLarge ? (other < 0 ? .min : .max) : sum
    }

    func subtracting(saturating other: Int64) -> Int64 {
        let (difference, isTooLarge) = subtractingReportingOverflow(other)
        return isTooLarge ? (other < 0 ? .max : .min) : difference
    }

    func multiplied(saturating other: Int64) -> Int64 {
        let (product, isTooLarge) = multipliedReportingOverflow(by: other)
        return isTooLarge ? ((self < 0) == (other < 0) ? .max : .min) : product
    }
}
