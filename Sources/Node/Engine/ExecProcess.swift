import CNode
import Glibc
import Synchronization

/// A command that runs in a container until it ends, is killed, or berth-node ends.
package final class ExecProcess: Sendable {
    private let pid: pid_t
    /// The read end of its report pipe: closing it kills the command. -1 once closed.
    private let report: Mutex<CInt>
    private let exits: ExitWatcher

    init(pid: pid_t, report: CInt, exits: ExitWatcher) {
        self.pid = pid
        self.report = Mutex(report)
        self.exits = exits
    }

    deinit { kill() }

    package func kill() {
        report.withLock { descriptor in
            if descriptor >= 0 { close(descriptor) }
            descriptor = -1
        }
    }

    /// To be called once: the process is reaped.
    package func exitCode() async -> CInt {
        let process = cnode_pidfd_open(pid)
        await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
            guard process >= 0 else { return done.resume() }
            // When it cannot be watched, waiting blocks this thread instead: rare, and better than losing the code.
            do { try exits.add(process) { done.resume() } } catch { done.resume() }
        }
        defer { kill() }
        return Shim.wait(for: pid)
    }
}

extension ProcessEngine {
    /// Starts a command in a running container. Blocks until it has been executed.
    ///
    /// - Parameter standard: descriptors for its standard input, output and error; the caller closes its copies
    /// - Throws: `NodeError` `.unavailable` when the container is not running, `.start` when the command cannot be run
    package func exec(
        _ id: ContainerID, _ arguments: [String], terminal: Bool = false, standard: (CInt, CInt, CInt)
    ) throws(NodeError) -> ExecProcess {
        guard let started = try started(id), let process = started.initProcess.open(),
            let bytes = try Files.read(paths.attempt(id) + "/config")
        else { throw NodeError(.unavailable, "container \(id.name) is not running") }
        close(process)
        let configuration = ShimConfiguration.exec(
            arguments, in: started.initProcess, like: bytes, terminal: terminal)
        // What runs in the container may stop the command before it is executed, and the shim then waits for ever.
        let shim = try Shim.start("exec", configuration, standard: standard, failure: .start, limit: 30)
        return ExecProcess(pid: shim.pid, report: shim.report, exits: exits)
    }

    /// Runs a command to its end, or kills it after `timeout` seconds.
    ///
    /// - Returns: its exit code, nil after a timeout, and the first 10 KiB of its output
    package func run(_ id: ContainerID, _ arguments: [String], timeout: Double, on pool: BlockingPool) async throws
        -> (code: CInt?, output: String)
    {
        let output = try await OutputStart.open(limit: 10_240)
        let process: ExecProcess
        do {
            let end = output.writeEnd
            process = try await pool.run { try exec(id, arguments, standard: (-1, end, end)) }
        } catch {
            _ = await output.finish()
            throw error
        }
        output.closeWriteEnd()
        let timedOut = Mutex(false)
        let timer = Task {
            try await Task.sleep(for: .seconds(timeout))
            timedOut.withLock { $0 = true }
            process.kill()
        }
        let code = await process.exitCode()
        timer.cancel()
        let text = String(decoding: await output.finish(), as: UTF8.self)
        return (timedOut.withLock { $0 } ? nil : code, text)
    }
}
