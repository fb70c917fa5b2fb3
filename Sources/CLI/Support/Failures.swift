/// Errors of a command that goes on with its other objects: each is reported at once, the last word is the exit code.
struct Failures {
    private var worst: Int32 = 0
    /// Kept until the end, so that they follow what was found.
    private var deferred: [String]?

    init(deferred: Bool = false) { self.deferred = deferred ? [] : nil }

    mutating func report(_ error: any Error) throws {
        // Without a daemon, or when told to stop, the other objects fail just the same.
        if error is CancellationError || ErrorReport.exitCode(error) == 2 { throw error }
        if deferred != nil { deferred?.append(ErrorReport.text(error)) } else { Console.error(ErrorReport.text(error)) }
        worst = max(worst, ErrorReport.exitCode(error))
    }

    /// Runs `body` and reports what it throws.
    mutating func collect(_ body: () async throws -> Void) async throws {
        do { try await body() } catch { try report(error) }
    }

    func finish() throws {
        for text in deferred ?? [] { Console.error(text) }
        if worst > 0 { throw CommandFailure("", exitCode: worst) }
    }
}
