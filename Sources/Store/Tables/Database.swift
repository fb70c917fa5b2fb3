internal import Glibc
internal import LMDB

/// The checkpoint: one LMDB environment and its tables.
final class Database: Sendable {
    let path: String
    let environment: Environment
    let latest: Table
    let history: Table
    let transactions: Table
    let leases: Table
    let leaseKeys: Table
    let meta: Table
    /// Behind `environment`, so that it is given up after that is closed.
    private let owner: DirectoryLock

    private struct Tables {
        var latest, history, transactions, leases, leaseKeys, meta: Table
    }

    /// Opens or creates the environment and its tables in `path`, which must exist.
    init(path: String, mapBytes: Int, owner: DirectoryLock) throws(StoreError) {
        self.path = path
        self.owner = owner
        do {
            environment = try Environment(directory: path, mapSize: mapBytes, maximumTables: 8)
            let tables = try Self.openTables(environment)
            (latest, history, transactions) = (tables.latest, tables.history, tables.transactions)
            (leases, leaseKeys, meta) = (tables.leases, tables.leaseKeys, tables.meta)
        } catch {
            throw StoreError(error, path)
        }
    }

    private static func openTables(_ environment: borrowing Environment) throws(LMDBError) -> Tables {
        let transaction = try WriteTransaction(environment)
        let tables = Tables(
            latest: try transaction.openTable("latest"), history: try transaction.openTable("history"),
            transactions: try transaction.openTable("transactions"), leases: try transaction.openTable("leases"),
            leaseKeys: try transaction.openTable("leaseKeys"), meta: try transaction.openTable("meta"))
        try transaction.commit()
        return tables
    }

    /// Ends a transaction. LMDB takes a write that the disk has no room for as a failed one, after which its files must
    /// not be used again: so room for what it writes is made before. `noSpace` says that there was none, and that nothing
    /// has changed; the commit's own errors are never that, for it must not be tried again.
    /// - Parameter pages: how many the commit writes, an upper bound.
    func commit(
        _ transaction: consuming WriteTransaction, pages: Int, _ storage: any Storage
    ) throws(StoreError) {
        try storage.allocate(path + "/data.mdb", bytes: Int64(pages) * 4_096)
        do throws(StoreError) { try storage.willCommit() } catch { throw error.ofCommit }
        let ending = transaction
        do { try ending.commit() } catch { throw StoreError(error, path).ofCommit }
    }

    private static let stateKey: StaticString = "state"

    private static func withStateKey<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        try body(UnsafeRawBufferPointer(start: stateKey.utf8Start, count: stateKey.utf8CodeUnitCount))
    }

    /// Of all pages, and of those that are not free.
    func bytes(in transaction: borrowing ReadTransaction) throws(StoreError) -> (allocated: Int64, inUse: Int64) {
        // Two meta pages and the root of the named tables.
        var pages = 3
        do {
            for table in [latest, history, transactions, leases, leaseKeys, meta] {
                pages += try transaction.statistics(table).pages
            }
        } catch { throw StoreError(error, path) }
        return (Int64(environment.fileBytes), Int64(pages * Int(getpagesize())))
    }

    /// nil in an environment that was made but never committed to.
    func readState() throws(StoreError) -> CheckpointState? {
        let transaction: ReadTransaction
        do { transaction = try ReadTransaction(environment) } catch { throw StoreError(error, path) }
        return try readState(in: transaction)
    }

    func readState(in transaction: borrowing ReadTransaction) throws(StoreError) -> CheckpointState? {
        let entry: UnsafeRawBufferPointer?
        do {
            entry = try Self.withStateKey { key throws(LMDBError) in try transaction.get(meta, key) }
        } catch {
            throw StoreError(error, path)
        }
        return if let entry { try CheckpointState(decoding: entry, in: path) } else { nil }
    }

    func writeState(_ state: CheckpointState, in transaction: borrowing WriteTransaction) throws(LMDBError) {
        try Self.withStateKey { key throws(LMDBError) in
            state.encode(to: try transaction.reserve(meta, key, count: CheckpointState.size))
        }
    }
}

extension StoreError {
    /// LMDB's own words for damage become `corrupt`; the rest is I/O.
    init(_ error: LMDBError, _ path: String) {
        // MDB_PAGE_NOTFOUND, MDB_CORRUPTED, MDB_PANIC, MDB_VERSION_MISMATCH, MDB_INVALID
        let isDamage = (-30797 ... -30793).contains(error.code)
        let code: Code = isDamage ? .corrupt : error.code == 28 ? .noSpace : .io
        self.init(code, "\(path): \(error)", cause: error.code)
    }

    /// A commit that met a full disk is a failed one like any other.
    fileprivate var ofCommit: StoreError { code == .noSpace ? StoreError(.io, message, cause: cause) : self }
}

/// Runs LMDB calls and turns their errors into the store's.
func lmdb<R>(_ path: String, _ body: () throws(LMDBError) -> R) throws(StoreError) -> R {
    do { return try body() } catch { throw StoreError(error, path) }
}
