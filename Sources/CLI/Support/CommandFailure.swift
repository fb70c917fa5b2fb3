/// What a command reports and ends with. Its text goes to standard error as it stands.
struct CommandFailure: Error, CustomStringConvertible {
    /// 1: an error; 2: the daemon cannot be reached; other codes are those of a remote command.
    var exitCode: Int32
    /// Empty when everything was said already.
    var message: String

    init(_ message: String, exitCode: Int32 = 1) {
        self.message = message
        self.exitCode = exitCode
    }

    var description: String { message }
}
