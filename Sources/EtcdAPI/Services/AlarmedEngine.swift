internal import Store

/// The engine as it may be used under alarms: with NOSPACE nothing grows (no puts, no new leases; deletes, compaction and
/// reads go on), with CORRUPT nothing goes at all (etcd `server/etcdserver/apply.go`).
final class AlarmedEngine: Engine {
    private let engine: any Engine
    private let book: AlarmBook

    init(_ engine: any Engine, _ book: AlarmBook) {
        self.engine = engine
        self.book = book
    }

    private static let noSpace = StoreError(.noSpace, "the alarm NOSPACE is active; disarm it to write")
    private static let corrupt = StoreError(.corrupt, "the alarm CORRUPT is active; disarm it to go on")

    private func refusal(grows: @autoclosure () -> Bool) -> StoreError? {
        if book.isEmpty { return nil }
        let active = book.active
        if active.contains(.corrupt) { return Self.corrupt }
        return active.contains(.noSpace) && grows() ? Self.noSpace : nil
    }

    private static func puts(_ transaction: Transaction) -> Bool {
        (transaction.success + transaction.failure).contains { operation in
            switch operation {
            case .put: true
            case .range, .delete: false
            case .transaction(let nested): puts(nested)
            }
        }
    }

    // MARK: - What alarms concern

    func range(_ request: RangeRequest) throws(StoreError) -> RangeResult {
        if let error = refusal(grows: false) { throw error }
        return try engine.range(request)
    }

    func scan(_ request: RangeRequest, _ body: (RowView) throws(StoreError) -> Bool) throws(StoreError) -> ScanResult {
        if let error = refusal(grows: false) { throw error }
        return try engine.scan(request, body)
    }

    func submit(
        _ transaction: Transaction, origin: Origin, onCallersThread: Bool,
        completion: @escaping @Sendable (Result<TransactionResult, StoreError>) -> Void
    ) {
        if let error = refusal(grows: Self.puts(transaction)) { return completion(.failure(error)) }
        engine.submit(transaction, origin: origin, onCallersThread: onCallersThread, completion: completion)
    }

    func compact(to revision: Int64, completion: @escaping @Sendable (Result<Int64, StoreError>) -> Void) {
        if let error = refusal(grows: false) { return completion(.failure(error)) }
        engine.compact(to: revision, completion: completion)
    }

    func grantLease(
        id: Int64, ttlSeconds: Int64, completion: @escaping @Sendable (Result<Lease, StoreError>) -> Void
    ) {
        if let error = refusal(grows: true) { return completion(.failure(error)) }
        engine.grantLease(id: id, ttlSeconds: ttlSeconds, completion: completion)
    }

    func revokeLease(id: Int64, completion: @escaping @Sendable (Result<Int64, StoreError>) -> Void) {
        if let error = refusal(grows: false) { return completion(.failure(error)) }
        engine.revokeLease(id: id, completion: completion)
    }

    // MARK: - What they do not

    func versions(of key: [UInt8], through: Int64, limit: Int) throws(StoreError) -> [KeyVersion] {
        try engine.versions(of: key, through: through, limit: limit)
    }

    var currentRevision: Int64 { engine.currentRevision }
    var compactRevision: Int64 { engine.compactRevision }

    func watch(_ request: WatchRequest, sink: any WatchSink) throws(StoreError) -> any WatchHandle {
        try engine.watch(request, sink: sink)
    }

    func renewLease(id: Int64, completion: @escaping @Sendable (Result<Lease, StoreError>) -> Void) {
        engine.renewLease(id: id, completion: completion)
    }

    func lease(id: Int64, withKeys: Bool) throws(StoreError) -> (lease: Lease, keys: [[UInt8]]) {
        try engine.lease(id: id, withKeys: withKeys)
    }

    func leases() -> [Int64] { engine.leases() }
}
