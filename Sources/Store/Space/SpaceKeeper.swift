/// Watches live bytes and the disk, refuses growth when one of them is short, and gives up the reserve file when even
/// deletes and checkpoints need it. Everything recovers by itself: each look at the disk may end the shortage.
final class SpaceKeeper: Sendable {
    private struct State {
        var shortage: SpaceShortage?
        var live: Int64
        var free: Int64 = 0
        var hasReserve: Bool
        var lookedAt: Int64?
        /// Live bytes when the disk was looked at: much written since is a reason to look again.
        var liveThen: Int64 = 0
    }

    let rule: SpaceRule
    private let directory: StoreDirectory
    private let storage: any Storage
    private let keepsReserve: Bool
    private let log: @Sendable (LocalEngineOptions.LogLevel, String) -> Void
    private let state: Monitor<State>
    private let onChange = Monitor<@Sendable () -> Void>({})

    /// - Parameter live: key and value bytes of all records that are not compacted.
    init(directory: StoreDirectory, options: LocalEngineOptions, live: Int64) {
        rule = SpaceRule(quotaBytes: options.quotaBytes, reserveBytes: options.reserveBytes)
        self.directory = directory
        storage = options.storage
        log = options.log
        // Memory of tmpfs is not put aside; that it runs short is noticed all the same.
        keepsReserve = options.reserveBytes > 0 && !options.ephemeral
        let reserve = try? options.storage.fileBytes(directory.reserve)
        state = Monitor(State(live: live, hasReserve: (reserve ?? 0) >= options.reserveBytes))
    }

    /// Calls `body` when a shortage begins or ends. It must not block, nor ask anything here.
    func whenItChanges(_ body: @escaping @Sendable () -> Void) { onChange.withLock { $0 = body } }

    var shortage: SpaceShortage? { state.withLock { $0.shortage } }

    // MARK: Live bytes

    func grew(_ bytes: Int64) { state.withLock { $0.live += bytes } }

    /// Compacted records are gone.
    func shrank(_ bytes: Int64) { state.withLock { $0.live -= bytes } }

    // MARK: Admission

    /// Called by the writer before a batch. Looks at the disk if the last look is old.
    func look(now: Int64) {
        let isDue = state.withLock { state in
            guard let lookedAt = state.lookedAt else { return true }
            return now - lookedAt >= StoreLimits.spaceNanoseconds
                || state.live - state.liveThen >= StoreLimits.spaceBytes
        }
        if isDue { lookNow(now: now) }
    }

    /// Throws `noSpace` if a transaction that puts may not go on.
    /// - Parameter growth: key and value bytes, those of the batch before it included.
    func admit(growth: Int64) throws(StoreError) {
        var began = false
        let refusal: SpaceShortage? = state.withLock { state in
            if state.shortage == nil, !rule.fitsQuota(live: state.live, growth: growth) {
                // One that is too large for the rest says nothing about smaller ones, unless the rest is small.
                began = state.live > rule.quotaBytes - rule.quotaBytes / 20
                if began { state.shortage = .quota }
                return .quota
            }
            return state.shortage
        }
        if began { report(.quota, free: 0, live: state.withLock { $0.live }) }
        switch refusal {
        case nil: return
        case .quota:
            throw StoreError(
                .noSpace,
                "the store's quota of \(rule.quotaBytes) bytes is reached; delete objects and compact, or raise "
                    + "--quota-bytes")
        case .disk: throw Self.diskIsShort(directory.path)
        }
    }

    static func diskIsShort(_ path: String) -> StoreError {
        StoreError(
            .noSpace,
            "\(path): the disk is almost full; reads and deletes go on, and writes as soon as there is space again",
            cause: 28)
    }

    private func lookNow(now: Int64) {
        let free = rule.reserveBytes > 0 ? (try? storage.freeBytes(directory.path)) ?? 0 : Int64.max
        let file = shortage == .disk ? (try? storage.fileBytes(directory.checkpoint + "/data.mdb")) ?? 0 : 0
        let (before, after, live) = state.withLock { state in
            let before = state.shortage
            state.free = free
            state.lookedAt = now
            state.liveThen = state.live
            // Pages hold about half of what they could.
            state.shortage = rule.next(
                before, live: state.live, free: free, hasReserve: state.hasReserve || !keepsReserve,
                reusable: file - 2 * state.live)
            return (before, state.shortage, state.live)
        }
        if before != after { report(after, free: free, live: live) }
    }

    private func report(_ shortage: SpaceShortage?, free: Int64, live: Int64) {
        onChange.withLock { $0 }()
        switch shortage {
        case nil: log(.info, "space is back: writes are accepted again")
        case .quota: log(.warning, "\(live) live bytes reach the quota of \(rule.quotaBytes): only deletes go on")
        case .disk: log(.warning, "\(directory.path): \(free) bytes are left on the disk: only deletes go on")
        }
    }

    /// As of now, whoever asks.
    func status(now: Int64) -> SpaceStatus {
        lookNow(now: now)
        return state.withLock { state in
            SpaceStatus(
                shortage: state.shortage, liveBytes: state.live, quotaBytes: rule.quotaBytes,
                freeBytes: state.free == .max ? (try? storage.freeBytes(directory.path)) ?? 0 : state.free,
                hasReserve: state.hasReserve)
        }
    }

    // MARK: The reserve

    /// Something that must go on found the disk full. Returns whether trying again at once can help, because the
    /// reserve has been given up.
    func gaveUpReserve() -> Bool {
        let (hadReserve, isNew) = state.withLock { state in
            defer {
                state.hasReserve = false
                if rule.reserveBytes > 0 { state.shortage = .disk }
            }
            return (state.hasReserve, state.shortage != .disk)
        }
        if isNew {
            onChange.withLock { $0 }()
            log(.warning, "\(directory.path): the disk is full: only deletes go on")
        }
        if !hadReserve || !keepsReserve { return false }
        do throws(StoreError) {
            try storage.remove(directory.reserve)
            return true
        } catch {
            log(.warning, "\(error)")
            return false
        }
    }

    /// Whether `makeReserve` has something to do.
    var wantsReserve: Bool {
        keepsReserve && state.withLock { !$0.hasReserve && $0.shortage != .disk }
    }

    /// Puts the reserve aside if there is room for it. Called in the background.
    func makeReserve() {
        if !wantsReserve { return }
        do throws(StoreError) {
            let free = try storage.freeBytes(directory.path)
            if free < rule.resumeBytes(hasReserve: false) { return }
            try storage.allocate(directory.reserve, bytes: rule.reserveBytes)
            try storage.syncDirectory(directory.path)
            state.withLock { $0.hasReserve = true }
        } catch {
            try? storage.remove(directory.reserve)
            log(.warning, "no reserve of \(rule.reserveBytes) bytes could be made: \(error)")
        }
    }
}
