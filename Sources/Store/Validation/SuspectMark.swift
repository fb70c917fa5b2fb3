internal import CStore
internal import Glibc

/// A file that says whether the last life ended in a way that only damage explains: a fault in the mapped checkpoint,
/// an assertion of LMDB, a record that does not match its checksum. Then the next start validates everything.
final class SuspectMark: Sendable {
    private let path: String
    private let descriptor: Int32

    /// - Parameter onSignals: SIGBUS, SIGSEGV and SIGABRT of this process set the mark before it ends.
    init(_ path: String, onSignals: Bool) throws(StoreError) {
        self.path = path
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        if descriptor < 0 { throw PosixStorage.failure("open", path) }
        if onSignals { berth_mark_on_crash(descriptor) }
    }

    deinit {
        berth_forget_mark(descriptor)
        close(descriptor)
    }

    var isSet: Bool {
        var status = stat()
        return fstat(descriptor, &status) == 0 && status.st_size > 0
    }

    func set() {
        var mark: UInt8 = 0x53
        pwrite(descriptor, &mark, 1, 0)
        fsync(descriptor)
    }

    func clear() throws(StoreError) {
        if !isSet { return }
        if ftruncate(descriptor, 0) != 0 || fsync(descriptor) != 0 { throw PosixStorage.failure("clear", path) }
    }
}
