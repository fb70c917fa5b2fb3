import CNode
import Glibc

/// Starts shims and hears what they report. All calls block.
enum Shim {
    /// Standard input, output and error; -1 is /dev/null.
    typealias Standard = (CInt, CInt, CInt)

    /// Starts a shim and waits for its report.
    ///
    /// - Returns: its process id, and the read end of its report pipe (the caller closes it; for `exec` that kills the
    ///   command)
    /// - Parameter limit: seconds for the report; nil waits for as long as it takes
    /// - Throws: `NodeError` of `code` with what the shim says went wrong
    static func start(
        _ verb: String, _ configuration: ShimConfiguration, standard: Standard = (-1, -1, -1), lock: CInt = -1,
        failure code: NodeError.Code, limit: Double? = nil
    ) throws(NodeError) -> (pid: pid_t, report: CInt) {
        let file = OwnedFile(cnode_memory_file())
        guard file.descriptor >= 0 else { throw ioError("make a memory file") }
        try Files.writeAll(file.descriptor, configuration.bytes, named: "the shim's configuration")
        let report = try makePipe()
        var pid: pid_t = 0
        let files = [standard.0, standard.1, standard.2, file.descriptor, report.write, lock]
        let failed = cnode_spawn_shim(verb, files, &pid)
        close(report.write)
        guard failed == 0 else {
            close(report.read)
            throw NodeError(code, "start a shim: \(errnoText(failed))")
        }
        do {
            try awaitReport(report.read, code, limit: limit)
        } catch {
            // One that has reported ends by itself, one that is late does not. The pid cannot be another process's:
            // nobody has waited for this one yet.
            if limit != nil { kill(pid, SIGKILL) }
            close(report.read)
            _ = wait(for: pid)
            throw error
        }
        return (pid, report.read)
    }

    /// Either "ok", or the end of the pipe (a shim that only does one thing and ends), or what went wrong.
    static func awaitReport(_ pipe: CInt, _ code: NodeError.Code, limit: Double? = nil) throws(NodeError) {
        let deadline = limit.map { ContinuousClock.now + .seconds($0) }
        var buffer = [UInt8](repeating: 0, count: 2048)
        var text = ""
        while text != "ok" {
            if let deadline, try !isReadable(pipe, before: deadline) {
                throw NodeError(code, "the command was not executed in time; is it stopped?")
            }
            let got = read(pipe, &buffer, buffer.count)
            if got < 0 && errno == EINTR { continue }
            if got <= 0 { break }
            text += String(decoding: buffer[..<got], as: UTF8.self)
        }
        guard text.isEmpty || text == "ok" else { throw NodeError(code, text) }
    }

    private static func isReadable(_ pipe: CInt, before deadline: ContinuousClock.Instant) throws(NodeError) -> Bool {
        while true {
            let left: Double = ContinuousClock.now.duration(to: deadline) / .milliseconds(1)
            let answer = cnode_wait_readable(pipe, CInt(min(max(0, left.rounded(.up)), 3_600_000)))
            if answer >= 0 { return answer > 0 }
            guard errno == EINTR else { throw ioError("wait for a shim's report") }
        }
    }

    /// The exit code of a child of this process, 128 + n after signal n.
    static func wait(for pid: pid_t) -> CInt {
        var status: CInt = 0
        while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
        let signal = status & 0x7f
        return signal == 0 ? (status >> 8) & 0xff : 128 + signal
    }
}
