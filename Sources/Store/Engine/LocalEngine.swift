internal import Glibc

extension LocalEngineOptions {
    /// Says why on standard error and ends the process with status 74 (EX_IOERR of sysexits.h).
    package static let endProcess: @Sendable (StoreError) -> Void = { error in
        let line = "berth store: \(error)\n"
        _ = line.utf8.withContiguousStorageIfAvailable { write(2, $0.baseAddress, $0.count) }
        _exit(74)
    }
}

/// The engine on local files: LMDB, a write-ahead log and the tail between them.
package final class LocalEngine: Engine {
    private init() {}

    /// Opens or creates the store in `directory` (created with mode 0700 if missing; its parent must exist). Returns
    /// when every acknowledged write of earlier lives is visible.
    package static func open(directory: String, options: LocalEngineOptions = .init()) throws(StoreError)
        -> LocalEngine
    {
        throw StoreError(.unusableDirectory, "\(directory): the store's files are not written yet in this revision")
    }

    /// Finishes what was submitted, checkpoints, and releases the directory. Later calls fail with `unavailable`.
    package func close() {}

    package var currentRevision: Int64 { 1 }
    package var compactRevision: Int64 { 0 }

    package func range(_ request: RangeRequest) throws(StoreError) -> RangeResult { throw closed }
    package func scan(_ request: RangeRequest, _ body: (RowView) throws(StoreError) -> Bool) throws(StoreError)
        -> ScanResult
    { throw closed }
    package func submit(
        _ transaction: Transaction, origin: Origin,
        completion: @escaping @Sendable (Result<TransactionResult, StoreError>) -> Void
    ) { completion(.failure(closed)) }
    package func watch(_ request: WatchRequest, sink: any WatchSink) throws(StoreError) -> any WatchHandle {
        throw closed
    }
    package func compact(
        to revision: Int64, completion: @escaping @Sendable (Result<Int64, StoreError>) -> Void
    ) { completion(.failure(closed)) }
    package func grantLease(
        id: Int64, ttlSeconds: Int64, completion: @escaping @Sendable (Result<Lease, StoreError>) -> Void
    ) { completion(.failure(closed)) }
    package func revokeLease(id: Int64, completion: @escaping @Sendable (Result<Int64, StoreError>) -> Void) {
        completion(.failure(closed))
    }
    package func renewLease(id: Int64, completion: @escaping @Sendable (Result<Lease, StoreError>) -> Void) {
        completion(.failure(closed))
    }
    package func lease(id: Int64, withKeys: Bool) throws(StoreError) -> (lease: Lease, keys: [[UInt8]]) {
        throw closed
    }
    package func leases() -> [Int64] { [] }

    private var closed: StoreError { StoreError(.unavailable, "the store is closed") }
}
