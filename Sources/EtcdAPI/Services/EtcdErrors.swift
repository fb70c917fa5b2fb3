package import Store

/// etcd's errors, word for word: clients compare texts (etcd `api/v3rpc/rpctypes/error.go`).
package enum EtcdErrors {
    static let emptyKey = GRPCStatus(.invalidArgument, "etcdserver: key is not provided")
    static let keyNotFound = GRPCStatus(.invalidArgument, "etcdserver: key not found")
    static let valueProvided = GRPCStatus(.invalidArgument, "etcdserver: value is provided")
    static let leaseProvided = GRPCStatus(.invalidArgument, "etcdserver: lease is provided")
    static let tooManyOperations = GRPCStatus(.invalidArgument, "etcdserver: too many operations in txn request")
    static let duplicateKey = GRPCStatus(.invalidArgument, "etcdserver: duplicate key given in txn request")
    static let invalidSortOption = GRPCStatus(.invalidArgument, "etcdserver: invalid sort option")
    static let compacted = GRPCStatus(.outOfRange, "etcdserver: mvcc: required revision has been compacted")
    static let futureRevision = GRPCStatus(.outOfRange, "etcdserver: mvcc: required revision is a future revision")
    static let noSpace = GRPCStatus(.resourceExhausted, "etcdserver: mvcc: database space exceeded")
    static let requestTooLarge = GRPCStatus(.invalidArgument, "etcdserver: request is too large")
    static let leaseNotFound = GRPCStatus(.notFound, "etcdserver: requested lease not found")
    static let leaseExists = GRPCStatus(.failedPrecondition, "etcdserver: lease already exists")
    static let leaseTTLTooLarge = GRPCStatus(.outOfRange, "etcdserver: too large lease TTL")
    static let stopped = GRPCStatus(.unavailable, "etcdserver: server stopped")
    static let corrupt = GRPCStatus(.dataLoss, "etcdserver: corrupt cluster")
    static let authNotEnabled = GRPCStatus(.failedPrecondition, "etcdserver: authentication is not enabled")
    static let electionNotLeader = GRPCStatus(.failedPrecondition, "election: not leader")
    static let electionNoLeader = GRPCStatus(.unknown, "election: no leader")
    static let readOnlyKey = GRPCStatus(
        .permissionDenied,
        "berth: keys under /registry/ and /berth/ are written by berthd's Kubernetes API; here they are read-only")

    /// A write whose outcome is unknown is `Unavailable`, which clients do not take for a failed one.
    package static func status(_ error: StoreError) -> GRPCStatus {
        switch error.code {
        case .compacted: compacted
        case .futureRevision: futureRevision
        case .duplicateKey: duplicateKey
        case .tooManyOperations: tooManyOperations
        case .emptyKey: emptyKey
        case .requestTooLarge: requestTooLarge
        case .leaseNotFound: leaseNotFound
        case .leaseExists: leaseExists
        case .keyNotFound: keyNotFound
        case .noSpace: noSpace
        case .keyTooLong, .invalidArgument: GRPCStatus(.invalidArgument, "berth: \(error.message)")
        case .unavailable, .indeterminate: GRPCStatus(.unavailable, "etcdserver: request timed out (\(error.message))")
        case .corrupt: corrupt
        case .locked, .unknownFormat, .unusableDirectory, .io: GRPCStatus(.internal, "berth: \(error.message)")
        }
    }
}
