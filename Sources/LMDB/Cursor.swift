internal import CLMDB

/// A position in a table. Entries come in `memcmp` order of their keys.
package struct Cursor: ~Copyable {
    package typealias Entry = (key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer)

    private let handle: OpaquePointer?
    private let openCode: Int32

    init(transaction: OpaquePointer, table: Table) {
        var opened: OpaquePointer?
        openCode = mdb_cursor_open(transaction, table.index, &opened)
        handle = opened
    }

    deinit { if let handle { mdb_cursor_close(handle) } }

    package func first() throws(LMDBError) -> Entry? { try move(MDB_FIRST, from: nil) }
    package func last() throws(LMDBError) -> Entry? { try move(MDB_LAST, from: nil) }
    package func next() throws(LMDBError) -> Entry? { try move(MDB_NEXT, from: nil) }
    package func previous() throws(LMDBError) -> Entry? { try move(MDB_PREV, from: nil) }

    /// The first entry whose key is not less than `key`.
    package func seek(_ key: UnsafeRawBufferPointer) throws(LMDBError) -> Entry? {
        // LMDB refuses an empty key; nothing is smaller than one zero byte except it.
        if key.isEmpty { return try first() }
        return try move(MDB_SET_RANGE, from: key)
    }

    private func move(_ operation: MDB_cursor_op, from key: UnsafeRawBufferPointer?) throws(LMDBError) -> Entry? {
        guard let handle else { throw LMDBError(code: openCode, call: "mdb_cursor_open") }
        var keyValue = key.map { MDB_val($0) } ?? MDB_val()
        var value = MDB_val()
        let code = mdb_cursor_get(handle, &keyValue, &value, operation)
        if code == MDB_NOTFOUND { return nil }
        try LMDBError.check(code, "mdb_cursor_get")
        return (UnsafeRawBufferPointer(keyValue), UnsafeRawBufferPointer(value))
    }
}
