import CNode
import Glibc

/// Runs another program to its end (CNI plugins). Blocks.
enum Program {
    struct Outcome {
        var exitCode: CInt
        var output: [UInt8]
        var errorOutput: [UInt8]
    }

    static func run(_ path: String, arguments: [String] = [], environment: [String], input: [UInt8]) throws(NodeError)
        -> Outcome
    {
        let stdin = OwnedFile(cnode_memory_file())
        let output = OwnedFile(cnode_memory_file())
        let errors = OwnedFile(cnode_memory_file())
        guard stdin.descriptor >= 0, output.descriptor >= 0, errors.descriptor >= 0 else {
            throw ioError("make a memory file")
        }
        try Files.writeAll(stdin.descriptor, input, named: "the input of \(path)")
        lseek(stdin.descriptor, 0, SEEK_SET)
        var pid: pid_t = 0
        let failed = withCStrings([path] + arguments) { argv in
            withCStrings(environment) { envp in
                cnode_spawn(path, argv, envp, [stdin.descriptor, output.descriptor, errors.descriptor], &pid)
            }
        }
        guard failed == 0 else { throw NodeError(.io, "run \(path): \(errnoText(failed))") }
        let code = Shim.wait(for: pid)
        lseek(output.descriptor, 0, SEEK_SET)
        lseek(errors.descriptor, 0, SEEK_SET)
        return Outcome(
            exitCode: code, output: try Files.read(output.descriptor, named: "the output of \(path)"),
            errorOutput: try Files.read(errors.descriptor, named: "the output of \(path)"))
    }

    /// A NULL-terminated array of C strings for the time of `body`.
    private static func withCStrings<Result>(
        _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let copies = strings.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        return body(copies + [nil])
    }
}
