/// A lease as it is stored, in the log and in table `leases`.
struct LeaseRecord: Hashable, Sendable {
    var id: Int64
    var grantedSeconds: Int64
    /// Since 1970, for people; nothing is decided by it.
    var deadlineNanoseconds: Int64
    /// It was or will be renewed without a further record, so the deadline here does not count.
    var renewed: Bool
    /// Of the lease, when this was recorded.
    var remainingNanoseconds: Int64
    /// On the machine's monotonic clock, in the boot named by `boot`.
    var monotonicDeadline: Int64
    /// 0: not known.
    var boot: UInt64

    /// Layout (little-endian): granted TTL in seconds 0, deadline since 1970 8, flags 16 (1: renewed), remaining 24,
    /// monotonic deadline 32, boot 40. The first builds wrote the first 24 bytes only.
    static let encodedSize = 48
    static let shortSize = 24
    /// As a record of the log, with its head and the lease.
    static let logBytes = 16 + encodedSize

    func encode(to target: UnsafeMutableRawBufferPointer) {
        target.set(0, grantedSeconds)
        target.set(8, deadlineNanoseconds)
        target.set(16, UInt64(renewed ? 1 : 0))
        target.set(24, remainingNanoseconds)
        target.set(32, monotonicDeadline)
        target.set(40, boot)
    }

    /// - Parameter source: at least `shortSize` bytes. What a short one does not say is taken in favour of the holder.
    init(id: Int64, decoding source: UnsafeRawBufferPointer) {
        let isFull = source.count >= Self.encodedSize
        self.id = id
        grantedSeconds = source.number(0)
        deadlineNanoseconds = source.number(8)
        renewed = source.number(16, as: UInt64.self) & 1 == 1 || !isFull
        remainingNanoseconds = isFull ? source.number(24) : 0
        monotonicDeadline = isFull ? source.number(32) : 0
        boot = isFull ? source.number(40) : 0
    }

    init(
        id: Int64, grantedSeconds: Int64, deadlineNanoseconds: Int64, renewed: Bool, remainingNanoseconds: Int64,
        monotonicDeadline: Int64, boot: UInt64
    ) {
        self.id = id
        self.grantedSeconds = grantedSeconds
        self.deadlineNanoseconds = deadlineNanoseconds
        self.renewed = renewed
        self.remainingNanoseconds = remainingNanoseconds
        self.monotonicDeadline = monotonicDeadline
        self.boot = boot
    }
}
