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
    /// - Throws: `NodeError` of `code` with what the shim says went wrong
    static func start(
        _ verb: String, _ configuration: ShimConfiguration, standard: Standard = (-1, -1, -1), lock: CInt = -1,
        failure code: NodeError.Code
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
            try awaitReport(report.read, code)
        } catch {
            close(report.read)
            _ = wait(for: pid)
            throw error
        }
        return (pid, report.read)
    }

    /// Either "ok", or the end of the pipe (a shim that only does one thing and ends), or what went wrong.
    private static func awaitReport(_ pipe: CInt, _ code: NodeError.Code) throws(NodeError) {
        var buffer = [UInt8](repeating: 0, count: 2048)
        var text = ""
        while text != "ok" {
            let got = read(pipe, &buffer, buffer.count)
            if got < 0 && errno == EINTR { continue }
            if got <= 0 { break }
            text += String(decoding: buffer[..<got], as: UTF8.self)
        }
        guard text.isEmpty || text == "ok" else { throw NodeError(code, text) }
    }

    /// The exit code of a child of this process, 128 + n after signal n.
    static func wait(for pid: pid_t) -> CInt {
        var status: CInt = 0
        while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
        let signal = status & 0x7f
        return signal == 0 ? (status >> 8) & 0xff : 128 + signal
    }
}
