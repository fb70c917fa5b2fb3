internal import CStore
internal import Glibc

/// An OS thread of the store's own: blocking work must stay off Swift's cooperative pool, and LMDB ties a write
/// transaction to one thread.
final class StoreThread: Sendable {
    private let thread: pthread_t

    /// - Parameter name: at most 15 bytes; shown by `top -H` and debuggers.
    init(name: String, _ body: @escaping @Sendable () -> Void) throws(StoreError) {
        var thread = pthread_t()
        let start = Unmanaged.passRetained(Start(name: name, body: body))
        let code = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
                berth_name_thread(start.name)
                start.body()
                return nil
            }, start.toOpaque())
        if code != 0 {
            start.release()
            throw StoreError(.unavailable, "no thread can be started for \(name)", cause: code)
        }
        self.thread = thread
    }

    func join() { pthread_join(thread, nil) }

    private final class Start {
        let name: String
        let body: @Sendable () -> Void
        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }
}
