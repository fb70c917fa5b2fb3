internal import CLMDB
internal import Glibc

/// A named table (LMDB "database"), open for the life of the environment.
package struct Table: Sendable, Hashable {
    let index: MDB_dbi
}

/// An open LMDB environment. Sync flags are LMDB's defaults and cannot be changed here: with `NOSYNC` a power cut can
/// destroy the whole file, and a write-ahead log above cannot repair that.
///
/// Sendable by hand: LMDB allows any thread to begin transactions on one environment, and `MDB_NOTLS` unties readers
/// from the thread that began them; the handle itself never changes.
package struct Environment: ~Copyable, @unchecked Sendable {
    let handle: OpaquePointer
    let readers: ReaderPool
    /// Where the data file is mapped; empty if that could not be found out.
    private let map: Range<UInt>

    /// - Parameters:
    ///   - directory: must exist; LMDB makes `data.mdb` and `lock.mdb` in it with mode 0600.
    ///   - mapSize: address space in bytes, which bounds the file; it costs nothing until used.
    package init(directory: String, mapSize: Int, maximumTables: UInt32) throws(LMDBError) {
        var created: OpaquePointer?
        try LMDBError.check(mdb_env_create(&created), "mdb_env_create")
        guard let environment = created else { throw LMDBError(code: MDB_PANIC, call: "mdb_env_create") }
        do {
            try LMDBError.check(mdb_env_set_mapsize(environment, mapSize), "mdb_env_set_mapsize")
            try LMDBError.check(mdb_env_set_maxdbs(environment, maximumTables), "mdb_env_set_maxdbs")
            try LMDBError.check(mdb_env_set_maxreaders(environment, 512), "mdb_env_set_maxreaders")
            try LMDBError.check(mdb_env_open(environment, directory, UInt32(MDB_NOTLS), 0o600), "mdb_env_open")
            var dead: Int32 = 0
            try LMDBError.check(mdb_reader_check(environment, &dead), "mdb_reader_check")
        } catch {
            mdb_env_close(environment)
            throw error
        }
        handle = environment
        readers = ReaderPool(environment: environment)
        map = Self.findMap(of: directory)
    }

    deinit {
        readers.drain()
        mdb_env_close(handle)
    }

    /// Bytes of the file that pages are allocated in (free ones included).
    package var fileBytes: Int {
        var info = MDB_envinfo()
        var stat = MDB_stat()
        mdb_env_info(handle, &info)
        mdb_env_stat(handle, &stat)
        return (info.me_last_pgno + 1) * Int(stat.ms_psize)
    }

    /// Whether a buffer from a write transaction lies in a page that the transaction has not touched yet. nil if
    /// that cannot be told. LMDB does not say how many pages are dirty; a dirty one is in malloc's memory.
    package func isClean(_ buffer: UnsafeRawBufferPointer) -> Bool? {
        if map.isEmpty { return nil }
        return map.contains(UInt(bitPattern: buffer.baseAddress))
    }

    /// LMDB reports an address for fixed maps only; the kernel's list has the others.
    private static func findMap(of directory: String) -> Range<UInt> {
        guard let maps = fopen("/proc/self/maps", "re"), let real = realpath(directory + "/data.mdb", nil) else {
            return 0..<0
        }
        let path = String(cString: real)
        free(real)
        defer { fclose(maps) }
        var line: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(line) }
        while getline(&line, &capacity, maps) > 0 {
            guard let line else { break }
            let text = String(cString: line)
            guard text.hasSuffix(" " + path + "\n") else { continue }
            let bounds = text.prefix { $0 != " " }.split(separator: "-").compactMap { UInt($0, radix: 16) }
            if bounds.count == 2, bounds[0] < bounds[1] { return bounds[0]..<bounds[1] }
        }
        return 0..<0
    }

    /// The descriptor of the data file; LMDB keeps it.
    package var descriptor: Int32 {
        var descriptor: Int32 = -1
        mdb_env_get_fd(handle, &descriptor)
        return descriptor
    }
}
