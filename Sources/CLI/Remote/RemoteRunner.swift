import Client
import Objects

/// Connects a remote command's streams with this process's, until the command ends.
struct RemoteRunner {
    var session: RemoteSession
    var stdin: Bool
    var tty: Bool

    /// How the command ended.
    func run() async throws -> RemoteOutcome {
        let terminal = tty ? RawTerminal() : nil
        defer { terminal?.restore() }
        let helpers = startHelpers()
        defer { for helper in helpers { helper.cancel() } }
        var outcome: RemoteOutcome?
        for try await message in session.messages {
            switch message.channel {
            case .stdout: Console.out(message.bytes)
            case .stderr: Console.error(bytes: message.bytes)
            case .error: outcome = RemoteOutcome(statusMessage: message.bytes)
            case .stdin, .resize, .close: break
            }
        }
        return outcome ?? .failed("the connection ended before the command did")
    }

    private func startHelpers() -> [Task<Void, any Error>] {
        let session = session
        var tasks: [Task<Void, any Error>] = []
        if stdin {
            tasks.append(
                Task {
                    while let bytes = try await StandardInput.read() { try await session.send(bytes) }
                    try await session.closeInput()
                })
        }
        if tty {
            tasks.append(
                Task {
                    try await RawTerminal.followSize { try await session.resize(columns: $0, rows: $1) }
                })
        }
        return tasks
    }

    /// Turns how a command ended into how this one ends.
    static func finish(_ outcome: RemoteOutcome) throws {
        switch outcome {
        case .exited(0): return
        case .exited(let code): throw CommandFailure("command terminated with exit code \(code)", exitCode: code)
        case .failed(let message): throw CommandFailure("error: \(message)")
        }
    }
}
