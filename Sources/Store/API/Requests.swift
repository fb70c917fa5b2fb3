/// etcd's `RangeRequest` (https://etcd.io/docs/v3.6/dev-guide/api_reference_v3/).
package struct RangeRequest: Sendable, Hashable {
    package enum SortTarget: Sendable, Hashable { case key, version, createRevision, modRevision, value }
    package enum SortOrder: Sendable, Hashable { case none, ascending, descending }

    package var range: KeyRange
    /// 0: the newest.
    package var revision: Int64 = 0
    /// 0: no limit.
    package var limit = 0
    package var keysOnly = false
    package var countOnly = false
    package var sortTarget = SortTarget.key
    package var sortOrder = SortOrder.none
    /// 0: no bound.
    package var minModRevision: Int64 = 0
    package var maxModRevision: Int64 = 0
    package var minCreateRevision: Int64 = 0
    package var maxCreateRevision: Int64 = 0
    /// False spares the work of counting rows past the limit; `RangeResult.count` is then that of the rows seen.
    package var countsAll = true

    package init(_ range: KeyRange, revision: Int64 = 0, limit: Int = 0) {
        self.range = range
        self.revision = revision
        self.limit = limit
    }
}

package struct RangeResult: Sendable, Hashable {
    package var rows: [KeyValue]
    /// Number of keys in the range, whatever the limit.
    package var count: Int
    /// There are rows after the last one returned.
    package var more: Bool
    /// The store's revision when the read was made (not the one asked for), as in etcd's response header.
    package var revision: Int64

    package init(rows: [KeyValue], count: Int, more: Bool, revision: Int64) {
        self.rows = rows
        self.count = count
        self.more = more
        self.revision = revision
    }
}

package struct ScanResult: Sendable, Hashable {
    package var count: Int
    package var more: Bool
    package var revision: Int64
    package init(count: Int, more: Bool, revision: Int64) {
        self.count = count
        self.more = more
        self.revision = revision
    }
}

package struct Compare: Sendable, Hashable {
    package enum Relation: Sendable, Hashable { case equal, notEqual, greater, less }
    package enum Target: Sendable, Hashable {
        case version(Int64)
        case createRevision(Int64)
        case modRevision(Int64)
        case value([UInt8])
        case lease(Int64)
    }

    /// With a range, every key of it must satisfy the comparison. A missing single key compares as all zero, and
    /// never equals nor differs from a value.
    package var range: KeyRange
    package var target: Target
    package var relation: Relation

    package init(_ range: KeyRange, _ relation: Relation, _ target: Target) {
        self.range = range
        self.target = target
        self.relation = relation
    }
}

package struct Put: Sendable, Hashable {
    package var key: [UInt8]
    package var value: [UInt8]
    package var lease: Int64 = 0
    package var returnsPrevious = false
    /// Keep the present value (the key must exist).
    package var ignoresValue = false
    /// Keep the present lease (the key must exist).
    package var ignoresLease = false
    package init(key: [UInt8], value: [UInt8], lease: Int64 = 0, returnsPrevious: Bool = false) {
        self.key = key
        self.value = value
        self.lease = lease
        self.returnsPrevious = returnsPrevious
    }
}

package struct Delete: Sendable, Hashable {
    package var range: KeyRange
    package var returnsPrevious = false
    package init(_ range: KeyRange, returnsPrevious: Bool = false) {
        self.range = range
        self.returnsPrevious = returnsPrevious
    }
}

package enum Operation: Sendable, Hashable {
    case range(RangeRequest)
    case put(Put)
    case delete(Delete)
    indirect case transaction(Transaction)
}

/// If all compares hold the `success` operations run, else those of `failure`; all share one revision, which is only
/// used up if something was written. At most 128 operations; a key written twice is refused (`duplicateKey`).
package struct Transaction: Sendable, Hashable {
    package var compares: [Compare]
    package var success: [Operation]
    package var failure: [Operation]
    /// What it puts is a step of taking something away (the mark of an object that is being deleted, say), so it goes on
    /// when growth is refused for want of space.
    package var isRelease: Bool
    package init(
        compares: [Compare] = [], success: [Operation], failure: [Operation] = [], isRelease: Bool = false
    ) {
        self.compares = compares
        self.success = success
        self.failure = failure
        self.isRelease = isRelease
    }
}

package enum OperationResult: Sendable, Hashable {
    case range(RangeResult)
    case put(previous: KeyValue?)
    case delete(count: Int, previous: [KeyValue])
    indirect case transaction(TransactionResult)
}

package struct TransactionResult: Sendable, Hashable {
    package var succeeded: Bool
    /// The store's revision after the transaction: its own if it wrote.
    package var revision: Int64
    package var results: [OperationResult]
    package init(succeeded: Bool, revision: Int64, results: [OperationResult]) {
        self.succeeded = succeeded
        self.revision = revision
        self.results = results
    }
}
