import CNode
import Glibc
import NIOPosix
import Synchronization

/// Waits for processes that are not children of this one: one thread, one epoll set of pidfds.
final class ExitWatcher: Sendable {
    private let waiter: CInt
    /// By pidfd; cold: one entry a running container.
    private let handlers = Mutex<[CInt: @Sendable () -> Void]>([:])
    private let thread = NIOThreadPool(numberOfThreads: 1)

    init() throws(NodeError) {
        waiter = cnode_waiter_create()
        guard waiter >= 0 else { throw ioError("make an epoll set") }
        thread.start()
        thread.submit { [self] _ in watch() }
    }

    /// Takes the pidfd over and calls `handler` once when the process ends.
    func add(_ process: CInt, _ handler: @escaping @Sendable () -> Void) throws(NodeError) {
        handlers.withLock { $0[process] = handler }
        guard cnode_waiter_add(waiter, process) == 0 else {
            let error = ioError("watch a process")
            handlers.withLock { $0[process] = nil }
            close(process)
            throw error
        }
    }

    private func watch() {
        while true {
            let process = cnode_waiter_next(waiter)
            guard process >= 0 else { continue }
            let handler = handlers.withLock { $0.removeValue(forKey: process) }
            close(process)
            handler?()
        }
    }
}
