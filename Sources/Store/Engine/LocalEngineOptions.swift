/// How a `LocalEngine` is opened. The defaults are those of a daemon on a real disk.
package struct LocalEngineOptions: Sendable {
    package enum LogLevel: Sendable { case info, warning, error }

    /// A throw-away store: tmpfs is allowed.
    package var ephemeral = false
    /// Told what an operator should know. Called from store threads; must not block.
    package var log: @Sendable (LogLevel, String) -> Void = { _, _ in }
    /// Called once, after an I/O error has poisoned the store and the waiting writers have been told. The default ends
    /// the process: after a failed sync nothing that is in memory or in the page cache can be trusted.
    package var onFatal: @Sendable (StoreError) -> Void = LocalEngineOptions.endProcess

    /// Files, syncs and clocks.
    package var storage: any Storage = PosixStorage()
    /// Size of a log segment in bytes, a multiple of 4,096. Smaller ones are for tests.
    package var segmentBytes = StoreLimits.segmentBytes

    /// Key and value bytes of all revisions that are not compacted; growth beyond is refused. 0: no quota.
    package var quotaBytes: Int64 = 0
    /// Size of a file that keeps disk space for deletes, compaction and the checkpoint; growth is refused when less
    /// than half of it is free besides. 0: the disk is not watched.
    package var reserveBytes = StoreLimits.reserveBytes

    /// A snapshot is made after this many bytes of log, or half of the live data if that is more.
    package var snapshotLogBytes = StoreLimits.snapshotLogBytes
    /// Every page and every record is checked before the store opens, not only what a start can afford.
    package var verifiesFully = false
    /// How long a watch sink may have too much queued before it is cancelled, in nanoseconds.
    package var watchPatience = StoreLimits.watchPatienceNanoseconds
    /// SIGBUS, SIGSEGV and SIGABRT mark the store suspect before they end the process.
    package var marksSuspectOnCrash = true
    /// nil: history is compacted on request only.
    package var retention: RetentionPolicy?

    /// Callers write on their own threads only while a write and sync takes less than this.
    package var quickSyncNanoseconds = StoreLimits.quickSyncNanoseconds

    package init() {}
}
