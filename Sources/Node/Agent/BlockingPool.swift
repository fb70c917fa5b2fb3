import NIOPosix

/// Threads for calls that block (files, mounts, plugins), so that none of them holds up a task.
package struct BlockingPool: Sendable {
    private let pool: NIOThreadPool

    package init(threads: Int = 8) {
        pool = NIOThreadPool(numberOfThreads: threads)
        pool.start()
    }

    package func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await pool.runIfActive(body)
    }
}
