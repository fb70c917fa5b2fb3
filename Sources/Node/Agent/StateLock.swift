import Glibc

/// One berth-node a state directory: two would start every container twice.
struct StateLock {
    private let descriptor: CInt

    /// - Throws: `NodeError` when another process holds it
    init(_ paths: NodePaths) throws(NodeError) {
        try Files.makeDirectories(paths.state, mode: 0o700)
        let file = try OwnedFile(opening: paths.state + "/lock", O_RDWR | O_CREAT)
        guard flock(file.descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw NodeError(.io, "another berth-node uses \(paths.state); stop it or choose another --state-dir")
        }
        descriptor = file.take()
    }

    func release() { close(descriptor) }
}
