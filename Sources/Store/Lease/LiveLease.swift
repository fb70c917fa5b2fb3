/// A lease as the writer keeps it. Its end counts on the monotonic clock, so the wall clock may do what it likes.
struct LiveLease: Hashable, Sendable {
    var id: Int64
    var grantedSeconds: Int64
    /// Monotonic nanoseconds.
    var deadline: Int64
    /// The record on the disk has this deadline.
    var isSettled: Bool

    func remainingSeconds(now: Int64) -> Int64 { max(0, (deadline - now) / 1_000_000_000) }

    func lease(now: Int64) -> Lease {
        Lease(id: id, grantedSeconds: grantedSeconds, remainingSeconds: remainingSeconds(now: now))
    }

    /// - Parameters now, wall, boot: the three clocks of one moment.
    func record(now: Int64, wall: Int64, boot: UInt64) -> LeaseRecord {
        LeaseRecord(
            id: id, grantedSeconds: grantedSeconds, deadlineNanoseconds: wall + (deadline - now),
            renewed: !isSettled, remainingNanoseconds: max(0, deadline - now), monotonicDeadline: deadline, boot: boot)
    }

    /// What is left of a recorded lease. It never ends early:
    ///
    ///     renewed since it was recorded    its full time, because when it was renewed last is not known
    ///     recorded in this boot            until its deadline on the monotonic clock, which processes share
    ///     recorded in an earlier boot      what was left when it was recorded: how long the machine was off is known
    ///                                      to the wall clock only, and that may be wrong
    init(_ record: LeaseRecord, now: Int64, boot: UInt64) {
        let full = record.grantedSeconds * 1_000_000_000
        let isOfThisBoot = record.boot == boot && boot != 0
        let rest: Int64 =
            if record.renewed {
                full
            } else if isOfThisBoot {
                // The answer left a little later than the record was made.
                record.monotonicDeadline - now + 1_000_000_000
            } else {
                record.remainingNanoseconds
            }
        self.init(
            id: record.id, grantedSeconds: record.grantedSeconds, deadline: now + min(full, max(0, rest)),
            isSettled: !record.renewed && isOfThisBoot)
    }

    init(id: Int64, grantedSeconds: Int64, deadline: Int64, isSettled: Bool) {
        self.id = id
        self.grantedSeconds = grantedSeconds
        self.deadline = deadline
        self.isSettled = isSettled
    }
}
