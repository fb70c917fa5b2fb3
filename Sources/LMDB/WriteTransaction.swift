internal import CLMDB

/// The one write transaction of an environment. It belongs to the thread that began it, from begin to commit: never
/// suspend inside. Ends with `commit()`; if that is not reached it is rolled back.
package struct WriteTransaction: ~Copyable {
    let handle: OpaquePointer

    /// Blocks while another write transaction is open.
    @available(*, noasync)
    package init(_ environment: borrowing Environment) throws(LMDBError) {
        var begun: OpaquePointer?
        try LMDBError.check(mdb_txn_begin(environment.handle, nil, 0, &begun), "mdb_txn_begin")
        guard let begun else { throw LMDBError(code: MDB_PANIC, call: "mdb_txn_begin") }
        handle = begun
    }

    deinit { mdb_txn_abort(handle) }

    /// Writes and syncs everything. An error means that nothing is committed, and that the environment must not be
    /// used again: after a failed sync LMDB itself would carry on.
    package consuming func commit() throws(LMDBError) {
        let ending = handle
        discard self
        try LMDBError.check(mdb_txn_commit(ending), "mdb_txn_commit")
    }

    /// The number that readers of this commit will see.
    package var id: Int { mdb_txn_id(handle) }

    package func openTable(_ name: String) throws(LMDBError) -> Table {
        var index: MDB_dbi = 0
        try LMDBError.check(mdb_dbi_open(handle, name, UInt32(MDB_CREATE), &index), "mdb_dbi_open")
        return Table(index: index)
    }

    /// The buffer is valid until the next change in this transaction.
    package func get(_ table: Table, _ key: UnsafeRawBufferPointer) throws(LMDBError) -> UnsafeRawBufferPointer? {
        try lookUp(handle, table, key)
    }

    package func put(
        _ table: Table, _ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer
    ) throws(LMDBError) {
        var keyValue = MDB_val(key)
        var valueValue = MDB_val(value)
        try LMDBError.check(mdb_put(handle, table.index, &keyValue, &valueValue, 0), "mdb_put")
    }

    /// As `put`, but returns the place where the caller is to write `count` bytes before anything else is changed.
    package func reserve(
        _ table: Table, _ key: UnsafeRawBufferPointer, count: Int, appending: Bool = false
    ) throws(LMDBError) -> UnsafeMutableRawBufferPointer {
        var keyValue = MDB_val(key)
        var value = MDB_val(mv_size: count, mv_data: nil)
        let flags = UInt32(MDB_RESERVE) | (appending ? UInt32(MDB_APPEND) : 0)
        try LMDBError.check(mdb_put(handle, table.index, &keyValue, &value, flags), "mdb_put")
        return UnsafeMutableRawBufferPointer(start: value.mv_data, count: value.mv_size)
    }

    /// False if there was no such key.
    @discardableResult
    package func delete(_ table: Table, _ key: UnsafeRawBufferPointer) throws(LMDBError) -> Bool {
        var keyValue = MDB_val(key)
        let code = mdb_del(handle, table.index, &keyValue, nil)
        if code == MDB_NOTFOUND { return false }
        try LMDBError.check(code, "mdb_del")
        return true
    }

    package func statistics(_ table: Table) throws(LMDBError) -> TableStatistics {
        try tableStatistics(handle, table)
    }

    package func withCursor<R: ~Copyable, E: Error>(
        _ table: Table, _ body: (borrowing Cursor) throws(E) -> R
    ) throws(E) -> R {
        let cursor = Cursor(transaction: handle, table: table)
        return try body(cursor)
    }
}
