/// When the writer has to do something although nobody asks. Times are monotonic nanoseconds.
struct WriterTimers {
    private var sealAt: Int64?
    private var retentionAt: Int64?
    /// The checkpoint's time had come, but it was still at work.
    private var checkpointNotBefore: Int64 = 0
    private var isStopped = false

    var isUnsealed: Bool { sealAt != nil }

    mutating func wrote(_ now: Int64, _ state: WriterState) {
        sealAt = now + StoreLimits.sealNanoseconds
        retentionAt = retentionAt ?? now + StoreLimits.retentionNanoseconds
        if state.generation.startedNanoseconds == 0 { state.generation.startedNanoseconds = now }
    }

    /// Asked again only after something was written: an idle store writes nothing.
    mutating func askedRetention() { retentionAt = nil }
    func retentionIsDue(_ now: Int64) -> Bool { retentionAt.map { $0 <= now } ?? false }
    mutating func sealed() { sealAt = nil }
    mutating func stop() { isStopped = true }

    func sealIsDue(_ now: Int64) -> Bool { sealAt.map { $0 <= now } ?? false }

    func checkpointIsDue(_ state: WriterState, _ now: Int64) -> Bool { checkpointAt(state).map { $0 <= now } ?? false }

    /// Nobody tells when it has ended, and it may wait for space: looked at again a little later.
    mutating func checkpointIsBusy(_ now: Int64) { checkpointNotBefore = now + StoreLimits.fullDiskNanoseconds }

    private func checkpointAt(_ state: WriterState) -> Int64? {
        let started = state.generation.startedNanoseconds
        return started == 0 ? nil : max(started + StoreLimits.checkpointNanoseconds, checkpointNotBefore)
    }

    func anyIsDue(_ state: WriterState, _ now: Int64) -> Bool { next(state).map { $0 <= now } ?? false }

    /// nil: nothing to do until somebody asks.
    func next(_ state: WriterState) -> Int64? {
        if isStopped { return nil }
        var times: [Int64] = []
        if let sealAt { times.append(sealAt) }
        if let retentionAt { times.append(retentionAt) }
        if let checkpoint = checkpointAt(state) { times.append(checkpoint) }
        if let lease = state.leases.nextDeadline { times.append(lease) }
        if let settle = state.leases.settleAt { times.append(settle) }
        return times.min()
    }
}
