import CNode
import Glibc

/// A file descriptor with one owner: closed when it goes out of scope.
struct OwnedFile: ~Copyable, Sendable {
    let descriptor: CInt

    init(_ descriptor: CInt) { self.descriptor = descriptor }

    init(opening path: String, _ flags: CInt, mode: mode_t = 0o600) throws(NodeError) {
        let descriptor = open(path, flags | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw ioError("open \(path)") }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Hands the descriptor to somebody else, who closes it.
    consuming func take() -> CInt {
        let descriptor = descriptor
        discard self
        return descriptor
    }
}

/// Both ends of a pipe, close-on-exec.
func makePipe() throws(NodeError) -> (read: CInt, write: CInt) {
    var ends: [CInt] = [-1, -1]
    guard cnode_pipe(&ends) == 0 else { throw ioError("make a pipe") }
    return (ends[0], ends[1])
}
