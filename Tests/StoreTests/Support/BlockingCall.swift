import Testing

@testable import Store

/// A call that may block, on a thread of its own, so that a test can fail where it would hang.
final class BlockingCall<Value: Sendable>: Sendable {
    private let outcome: Monitor<Result<Value, any Error>?>
    private let thread: StoreThread

    init(_ body: @escaping @Sendable () throws -> Value) throws {
        let outcome = Monitor<Result<Value, any Error>?>(nil)
        self.outcome = outcome
        thread = try StoreThread(name: "test") {
            let result: Result<Value, any Error> = Result { try body() }
            outcome.broadcast { $0 = result }
        }
    }

    /// What the call returned or threw; an error if it does not return.
    func value(within seconds: Int64 = 60) throws -> Value {
        let deadline = PosixStorage().monotonicNanoseconds + seconds * 1_000_000_000
        let result = outcome.wait(until: deadline) { $0 }
        return try #require(result, "no return within \(seconds) s").get()
    }
}
