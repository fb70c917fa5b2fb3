/// When growth is refused and when it is accepted again. Pure; sizes in bytes.
///
///     free    ──────────── low ──── resume ────────▶        live   ──── 95 % ──── quota ────▶
///             refused       │ as before │ accepted           accepted │ as before │ refused
///
/// Between the two marks nothing changes, so that a store at the edge does not say yes and no in turns.
struct SpaceRule: Sendable, Hashable {
    /// 0: none.
    var quotaBytes: Int64
    /// Size of the reserve file; 0: the disk is not watched.
    var reserveBytes: Int64

    /// Below this much free space nothing may grow: the next log segment, and what the checkpoint takes for the tail,
    /// must still find room.
    var lowBytes: Int64 { reserveBytes / 2 }

    /// What must be free before growth is accepted again: the reserve, if it was given up, is made anew first.
    /// - Parameter reusable: bytes inside the checkpoint's file, which never shrinks, that deletes have made free. With
    ///   enough of them what is written next takes no more of the disk: there is nothing to keep a distance from, and
    ///   as much as the reserve has is a reserve.
    func resumeBytes(hasReserve: Bool, reusable: Int64 = 0) -> Int64 {
        lowBytes + (reusable >= lowBytes ? 0 : lowBytes / 4)
            + (hasReserve || reusable >= reserveBytes ? 0 : reserveBytes)
    }

    func next(_ present: SpaceShortage?, live: Int64, free: Int64, hasReserve: Bool, reusable: Int64 = 0)
        -> SpaceShortage?
    {
        if reserveBytes > 0 {
            if free < lowBytes { return .disk }
            if present == .disk, free < resumeBytes(hasReserve: hasReserve, reusable: reusable) { return .disk }
        }
        if quotaBytes > 0 {
            if live >= quotaBytes { return .quota }
            if present == .quota, live > quotaBytes - quotaBytes / 20 { return .quota }
        }
        return nil
    }

    func fitsQuota(live: Int64, growth: Int64) -> Bool { quotaBytes == 0 || live + growth <= quotaBytes }
}
