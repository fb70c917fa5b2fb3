@testable import Store

extension Transaction {
    /// Up to 4,096 puts at one revision: in nested transactions, because each has at most 128 operations. The keys are
    /// the prefix and the number with six digits.
    static func puts(_ numbers: Range<Int>, _ prefix: String, valueBytes: Int) -> Transaction {
        let value = [UInt8](repeating: 7, count: valueBytes)
        var groups: [Operation] = []
        for start in stride(from: numbers.lowerBound, to: numbers.upperBound, by: 64) {
            let puts = (start..<min(start + 64, numbers.upperBound)).map { number in
                Operation.put(Put(key: [UInt8]("\(prefix)\(100_000 + number)"), value: value))
            }
            groups.append(.transaction(Transaction(success: puts)))
        }
        return Transaction(success: groups)
    }
}

extension LocalEngine {
    /// For places that cannot suspend. Returns the revision.
    @discardableResult
    func write(_ transaction: Transaction) throws(StoreError) -> Int64 {
        let answer = Monitor<Result<TransactionResult, StoreError>?>(nil)
        submit(transaction, origin: Origin("test")) { result in answer.broadcast { $0 = result } }
        guard let result = answer.wait({ $0 }) else { throw StoreError(.unavailable, "no answer") }
        return try result.get().revision
    }

    /// To the newest revision, in the log and in the checkpoint. What is unreadable then is removed from now on.
    func compactToNewest() throws(StoreError) {
        let answer = Monitor<Result<Int64, StoreError>?>(nil)
        compact(to: currentRevision) { result in answer.broadcast { $0 = result } }
        guard let result = answer.wait({ $0 }) else { throw StoreError(.unavailable, "no answer") }
        _ = try result.get()
        try flush()
    }

    /// As `waitForRemoval`, but an error if it takes too long.
    func waitForRemoval(within seconds: Int64) throws {
        try BlockingCall { [self] in waitForRemoval() }.value(within: seconds)
    }
}
