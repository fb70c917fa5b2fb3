/// Every bound of the store in one place, in bytes unless the name says otherwise.
package enum StoreLimits {
    /// LMDB keys are at most 511 bytes; the rest is left for prefixes of internal tables.
    package static let keyBytes = 500
    /// etcd's default `--max-request-bytes`.
    package static let requestBytes = 1_572_864
    /// etcd's default `--max-txn-ops`.
    package static let transactionOperations = 128
    package static let originBytes = 128
    /// What a watch sink may have queued before it counts as slow.
    package static let watchQueueBytes = 262_144
}
