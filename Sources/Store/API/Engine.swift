/// The narrow protocol that everything above the store is written against.
///
/// Semantics are etcd's MVCC (https://etcd.io/docs/v3.6/learning/data_model/): one global revision, per-key create and
/// mod revision and version, reads at any revision that is not compacted, watches from any such revision. A second
/// implementation (a client of an etcd cluster) can take the place of the local one.
package protocol Engine: Sendable {
    /// The newest published revision. Everything up to it is durable and visible. The first write makes revision 2,
    /// as in etcd, where an empty store is at revision 1.
    var currentRevision: Int64 { get }

    /// Reads below this revision fail with `StoreError.Code.compacted`. 0 before the first compaction.
    var compactRevision: Int64 { get }

    /// Reads a key or a range at one revision. Synchronous and lock-free with regard to the writer; may fault pages in.
    func range(_ request: RangeRequest) throws(StoreError) -> RangeResult

    /// As `range`, but hands each row out without copying it; the buffers are valid during the call only.
    /// `body` returns false to stop. Sort options are not available here: rows come in key order.
    func scan(_ request: RangeRequest, _ body: (RowView) throws(StoreError) -> Bool) throws(StoreError) -> ScanResult

    /// The changes of a key, newest first and none above `through`, as far back as they can be read: down to the one
    /// that was in force at the compacted revision.
    func versions(of key: [UInt8], through: Int64, limit: Int) throws(StoreError) -> [KeyVersion]

    /// Hands a transaction to the writer. `completion` is called exactly once, on the writer's thread, after the
    /// transaction is durable and visible (or has failed): it must not block.
    ///
    /// With `onCallersThread` the caller offers to wait for the disk: if nobody else is writing, the disk is quick and
    /// the transaction is short, it is written on the calling thread, which saves the way to the writer's and back, and
    /// `completion` is called there before this returns. For a thread with one thing to do; writes of several share a
    /// sync only on the writer's thread.
    func submit(
        _ transaction: Transaction, origin: Origin, onCallersThread: Bool,
        completion: @escaping @Sendable (Result<TransactionResult, StoreError>) -> Void)

    /// Starts a watch. Batches come in revision order, all events of one revision of this watch in one batch, without
    /// gap or repetition, until a `cancelled` signal, which is the last. `sink` is called on a store thread and must
    /// not block.
    func watch(_ request: WatchRequest, sink: any WatchSink) throws(StoreError) -> any WatchHandle

    /// Records a compaction: reads below `revision` fail from then on; space is freed in the background.
    func compact(to revision: Int64, completion: @escaping @Sendable (Result<Int64, StoreError>) -> Void)

    func grantLease(id: Int64, ttlSeconds: Int64, completion: @escaping @Sendable (Result<Lease, StoreError>) -> Void)
    func revokeLease(id: Int64, completion: @escaping @Sendable (Result<Int64, StoreError>) -> Void)
    func renewLease(id: Int64, completion: @escaping @Sendable (Result<Lease, StoreError>) -> Void)
    /// The lease, its remaining time and, if asked for, its keys. Throws `leaseNotFound`.
    func lease(id: Int64, withKeys: Bool) throws(StoreError) -> (lease: Lease, keys: [[UInt8]])
    func leases() -> [Int64]
}

extension Engine {
    package func submit(
        _ transaction: Transaction, origin: Origin,
        completion: @escaping @Sendable (Result<TransactionResult, StoreError>) -> Void
    ) { submit(transaction, origin: origin, onCallersThread: false, completion: completion) }

    /// `submit` for async callers. Cancellation of the task does not withdraw the transaction.
    package func transact(_ transaction: Transaction, origin: Origin) async throws(StoreError) -> TransactionResult {
        let result = await withCheckedContinuation { continuation in
            submit(transaction, origin: origin) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }
}
