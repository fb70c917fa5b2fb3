import CNode
import Glibc

/// The descriptors of one exec: the command's side and ours.
struct ExecStreams: Sendable {
    /// -1 where the client did not ask for a stream.
    private(set) var commandSide: (CInt, CInt, CInt) = (-1, -1, -1)
    private(set) var input: CInt = -1
    private(set) var output: CInt = -1
    private(set) var errors: CInt = -1
    /// The master of the command's terminal, or -1; the same descriptor as `output`.
    private(set) var terminal: CInt = -1

    init(_ request: RemoteRequest) throws(NodeError) {
        if request.flag("tty") { try openTerminal(input: request.flag("stdin")) } else { try openPipes(request) }
    }

    private mutating func openTerminal(input wanted: Bool) throws(NodeError) {
        var side: CInt = -1
        terminal = cnode_open_terminal(&side)
        guard terminal >= 0 else { throw ioError("open a terminal") }
        commandSide = (side, side, side)
        output = terminal
        if wanted { input = fcntl(terminal, F_DUPFD_CLOEXEC, 0) }
    }

    private mutating func openPipes(_ request: RemoteRequest) throws(NodeError) {
        if request.flag("stdin") { (commandSide.0, input) = try makePipe() }
        if request.flag("stdout") { (output, commandSide.1) = try makePipe() }
        if request.flag("stderr") { (errors, commandSide.2) = try makePipe() }
    }

    func closeCommandSide() { ExecStreams.close([commandSide.0, commandSide.1, commandSide.2]) }
    func closeOwnSide() { ExecStreams.close([input, output, errors]) }

    private static func close(_ descriptors: [CInt]) {
        for descriptor in Set(descriptors) where descriptor >= 0 { Glibc.close(descriptor) }
    }
}
