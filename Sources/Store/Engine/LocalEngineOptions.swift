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

    package init() {}
}
