import Glibc
import Synchronization

/// Runs something on a thread with little stack.
final class SmallStack: Sendable {
    private let body: @Sendable () throws -> Void
    private let outcome = Mutex<Result<Void, any Error>?>(nil)

    init(_ body: @escaping @Sendable () throws -> Void) { self.body = body }

    var result: Result<Void, any Error>? { outcome.withLock { $0 } }
    var isOver: Bool { result != nil }

    func start(bytes: Int = 256 << 10) {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setstacksize(&attributes, bytes)
        pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
        var thread = pthread_t()
        pthread_create(
            &thread, &attributes,
            { argument in
                if let argument { Unmanaged<SmallStack>.fromOpaque(argument).takeRetainedValue().run() }
                return nil
            }, Unmanaged.passRetained(self).toOpaque())
        pthread_attr_destroy(&attributes)
    }

    private func run() {
        let result = Result { try body() }
        outcome.withLock { $0 = result }
    }
}
