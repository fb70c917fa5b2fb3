internal import CLMDB

/// A snapshot of the newest committed state. Buffers that it hands out point into the map and are valid until it ends.
/// Keep it short: pages that it can see are not reused while it lives.
package struct ReadTransaction: ~Copyable {
    let handle: OpaquePointer
    private let readers: ReaderPool

    package init(_ environment: borrowing Environment) throws(LMDBError) {
        readers = environment.readers
        handle = try readers.take()
    }

    deinit { readers.park(handle) }

    /// Number of the commit that this snapshot shows; grows by one with each.
    package var id: Int { mdb_txn_id(handle) }

    package func get(_ table: Table, _ key: UnsafeRawBufferPointer) throws(LMDBError) -> UnsafeRawBufferPointer? {
        try lookUp(handle, table, key)
    }

    package func statistics(_ table: Table) throws(LMDBError) -> TableStatistics {
        try tableStatistics(handle, table)
    }

    /// The cursor lives during the call only.
    package func withCursor<R: ~Copyable, E: Error>(
        _ table: Table, _ body: (borrowing Cursor) throws(E) -> R
    ) throws(E) -> R {
        let cursor = Cursor(transaction: handle, table: table)
        return try body(cursor)
    }
}

package struct TableStatistics: Sendable, Hashable {
    package let entries: Int
    package let depth: Int
    package let pages: Int
}

func lookUp(_ transaction: OpaquePointer, _ table: Table, _ key: UnsafeRawBufferPointer) throws(LMDBError)
    -> UnsafeRawBufferPointer?
{
    var keyValue = MDB_val(key)
    var value = MDB_val()
    let code = mdb_get(transaction, table.index, &keyValue, &value)
    if code == MDB_NOTFOUND { return nil }
    try LMDBError.check(code, "mdb_get")
    return UnsafeRawBufferPointer(value)
}

func tableStatistics(_ transaction: OpaquePointer, _ table: Table) throws(LMDBError) -> TableStatistics {
    var stat = MDB_stat()
    try LMDBError.check(mdb_stat(transaction, table.index, &stat), "mdb_stat")
    return TableStatistics(
        entries: stat.ms_entries, depth: Int(stat.ms_depth),
        pages: stat.ms_branch_pages + stat.ms_leaf_pages + stat.ms_overflow_pages)
}

extension MDB_val {
    /// LMDB's calls take keys and values by mutable pointer and never write through it.
    init(_ bytes: UnsafeRawBufferPointer) {
        self.init(mv_size: bytes.count, mv_data: UnsafeMutableRawPointer(mutating: bytes.baseAddress))
    }
}

extension UnsafeRawBufferPointer {
    init(_ value: MDB_val) { self.init(start: value.mv_data, count: value.mv_size) }
}
