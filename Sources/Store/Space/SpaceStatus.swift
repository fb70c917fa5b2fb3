/// Why growth is refused.
package enum SpaceShortage: String, Sendable, Hashable {
    /// The live bytes have reached the quota.
    case quota
    /// The file system has less than the reserve left.
    case disk
}

/// What the store knows about its room, at one moment. Sizes in bytes.
package struct SpaceStatus: Sendable, Hashable {
    /// nil: growth is accepted.
    package var shortage: SpaceShortage?
    /// Key and value bytes of all records that are not compacted.
    package var liveBytes: Int64
    /// 0: no quota.
    package var quotaBytes: Int64
    /// What the file system still gives to this process.
    package var freeBytes: Int64
    /// The reserve file exists.
    package var hasReserve: Bool

    package init(shortage: SpaceShortage?, liveBytes: Int64, quotaBytes: Int64, freeBytes: Int64, hasReserve: Bool) {
        self.shortage = shortage
        self.liveBytes = liveBytes
        self.quotaBytes = quotaBytes
        self.freeBytes = freeBytes
        self.hasReserve = hasReserve
    }
}
