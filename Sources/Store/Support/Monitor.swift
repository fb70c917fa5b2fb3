internal import Glibc

/// A value behind a pthread mutex, with one condition. `Synchronization.Mutex` spins under contention in Swift 6.3 on
/// Linux (swiftlang/swift#88440) and has no condition to wait on.
///
/// Sendable by hand: every access to `value` is between lock and unlock of a mutex that never moves.
final class Monitor<Value>: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>
    private var value: Value

    init(_ value: sending Value) {
        mutex = .allocate(capacity: 1)
        condition = .allocate(capacity: 1)
        mutex.initialize(to: pthread_mutex_t())
        condition.initialize(to: pthread_cond_t())
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
        self.value = value
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    func withLock<R, E: Error>(_ body: (inout Value) throws(E) -> R) throws(E) -> R {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(&value)
    }

    /// Changes the value and wakes one waiting thread.
    func signal<R>(_ body: (inout Value) -> R) -> R {
        pthread_mutex_lock(mutex)
        let result = body(&value)
        pthread_mutex_unlock(mutex)
        pthread_cond_signal(condition)
        return result
    }

    /// Changes the value and wakes one waiting thread if there is a reason to.
    func signal(where isWanted: (Value) -> Bool, _ body: (inout Value) -> Void) {
        pthread_mutex_lock(mutex)
        body(&value)
        let wakes = isWanted(value)
        pthread_mutex_unlock(mutex)
        if wakes { pthread_cond_signal(condition) }
    }

    /// Changes the value and wakes all waiting threads.
    func broadcast<R>(_ body: (inout Value) -> R) -> R {
        pthread_mutex_lock(mutex)
        let result = body(&value)
        pthread_mutex_unlock(mutex)
        pthread_cond_broadcast(condition)
        return result
    }

    /// Waits until `body` returns something, asking again after every wake. nil: the deadline (monotonic nanoseconds,
    /// nil for none) has passed.
    func wait<R>(until deadline: Int64? = nil, _ body: (inout Value) -> R?) -> R? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            if let result = body(&value) { return result }
            guard let deadline else {
                pthread_cond_wait(condition, mutex)
                continue
            }
            var time = timespec(tv_sec: Int(deadline / 1_000_000_000), tv_nsec: Int(deadline % 1_000_000_000))
            if pthread_cond_timedwait(condition, mutex, &time) == ETIMEDOUT { return body(&value) }
        }
    }
}
