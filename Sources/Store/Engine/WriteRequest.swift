/// What callers ask of the writer.
enum WriteRequest: Sendable {
    case transaction(Transaction, Origin, @Sendable (Result<TransactionResult, StoreError>) -> Void)
    case compaction(Int64, @Sendable (Result<Int64, StoreError>) -> Void)
    case grantLease(id: Int64, seconds: Int64, @Sendable (Result<Lease, StoreError>) -> Void)
    case revokeLease(Int64, @Sendable (Result<Int64, StoreError>) -> Void)
    case renewLease(Int64, @Sendable (Result<Lease, StoreError>) -> Void)
    case lease(Int64, @Sendable (Result<Lease, StoreError>) -> Void)
    case leases(@Sendable ([Int64]) -> Void)
    /// Hands the tail to the checkpointer, which is to be waited for.
    case flush(@Sendable (Result<Int64, StoreError>) -> Void)

    func fail(_ error: StoreError) {
        switch self {
        case .transaction(_, _, let completion): completion(.failure(error))
        case .compaction(_, let completion): completion(.failure(error))
        case .grantLease(_, _, let completion): completion(.failure(error))
        case .revokeLease(_, let completion): completion(.failure(error))
        case .renewLease(_, let completion): completion(.failure(error))
        case .lease(_, let completion): completion(.failure(error))
        case .leases(let completion): completion([])
        case .flush(let completion): completion(.failure(error))
        }
    }
}
