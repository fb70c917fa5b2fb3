import Store
import TestSupport

/// An engine before whose next write something else happens.
final class InterceptedEngine: Engine {
    private let engine: any Engine
    private let hook = LockedBox<(@Sendable () async -> Void)?>(nil)

    init(_ engine: any Engine) { self.engine = engine }

    func beforeNextWrite(_ body: @escaping @Sendable () async -> Void) { hook.withLock { $0 = body } }

    func submit(
        _ transaction: Transaction, origin: Origin, onCallersThread: Bool,
        completion: @escaping @Sendable (Result<TransactionResult, StoreError>) -> Void
    ) {
        let body = hook.withLock { hook in
            defer { hook = nil }
            return hook
        }
        let engine = engine
        Task {
            await body?()
            engine.submit(
                transaction, origin: origin, onCallersThread: onCallersThread, completion: completion)
        }
    }

    var currentRevision: Int64 { engine.currentRevision }
    var compactRevision: Int64 { engine.compactRevision }
    func range(_ request: RangeRequest) throws(StoreError) -> RangeResult { try engine.range(request) }

    func scan(_ request: RangeRequest, _ body: (RowView) throws(StoreError) -> Bool) throws(StoreError) -> ScanResult {
        try engine.scan(request, body)
    }

    func versions(of key: [UInt8], through: Int64, limit: Int) throws(StoreError) -> [KeyVersion] {
        try engine.versions(of: key, through: through, limit: limit)
    }

    func watch(_ request: WatchRequest, sink: any WatchSink) throws(StoreError) -> any WatchHandle {
        try engine.watch(request, sink: sink)
    }

    func compact(to revision: Int64, completion: @escaping @Sendable (Result<Int64, StoreError>) -> Void) {
        engine.compact(to: revision, completion: completion)
    }

    func grantLease(id: Int64, ttlSeconds: Int64, completion: @escaping @Sendable (Result<Lease, StoreError>) -> Void) {
        engine.grantLease(id: id, ttlSeconds: ttlSeconds, completion: completion)
    }

    func revokeLease(id: Int64, completion: @escaping @Sendable (Result<Int64, StoreError>) -> Void) {
        engine.revokeLease(id: id, completion: completion)
    }

    func renewLease(id: Int64, completion: @escaping @Sendable (Result<Lease, StoreError>) -> Void) {
        engine.renewLease(id: id, completion: completion)
    }

    func lease(id: Int64, withKeys: Bool) throws(StoreError) -> (lease: Lease, keys: [[UInt8]]) {
        try engine.lease(id: id, withKeys: withKeys)
    }

    func leases() -> [Int64] { engine.leases() }
}
