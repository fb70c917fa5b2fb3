internal import CLMDB

/// A failed LMDB call: its code (an `errno` or one of LMDB's own, which are negative) and which call it was.
package struct LMDBError: Error, Sendable, Hashable, CustomStringConvertible {
    package let code: Int32
    package let call: String

    package var description: String { "\(call): \(String(cString: mdb_strerror(code)))" }

    static func check(_ code: Int32, _ call: StaticString) throws(LMDBError) {
        if code != MDB_SUCCESS { throw LMDBError(code: code, call: "\(call)") }
    }
}
