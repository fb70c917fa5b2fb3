internal import CStore
internal import Glibc

/// Names and ownership of a store's directory:
///
///     lock                        locked (flock) for the life of the owner
///     lmdb/data.mdb, lock.mdb     the checkpoint
///     lmdb.damaged/               a checkpoint that was replaced, for whoever wants to look at it
///     wal/<16 hex digits>.wal     log segments; next.tmp: one being made
///     snapshots/<revision>.snap   the two newest snapshots; next.tmp: one being made
///     reserve                     disk space put aside, given up when the disk is full
///     alarms                      not the store's: those of the etcd API that were set by hand
///     suspect                     not empty: the last life ended in a way that asks for a full validation
final class StoreDirectory: Sendable {
    let path: String

    var checkpoint: String { path + "/lmdb" }
    var log: String { path + "/wal" }
    var snapshots: String { path + "/snapshots" }
    var suspect: String { path + "/suspect" }
    var reserve: String { path + "/reserve" }
    var unfinishedSegment: String { log + "/next.tmp" }

    /// Makes the directory if it is missing and looks at what it is on.
    init(path: String, options: LocalEngineOptions) throws(StoreError) {
        self.path = path
        let storage = options.storage
        try storage.makeDirectory(path)
        try Self.checkFileSystem(path, ephemeral: options.ephemeral)
        try syncParent(storage)
    }

    /// The directory's own entry must survive a power cut, too. Where there is a log already this has been done.
    private func syncParent(_ storage: any Storage) throws(StoreError) {
        if try storage.names(in: path).contains("wal") { return }
        do throws(StoreError) {
            try storage.syncDirectory(path + "/..")
        } catch {
            // Somebody else made it where this process may not look, or where directories cannot be synced.
            if error.cause != EACCES && error.cause != EINVAL { throw error }
        }
    }

    /// Becomes the owner: takes the lock, then makes the directories that are missing.
    func own(_ storage: any Storage) throws(StoreError) -> DirectoryLock {
        let lock = try DirectoryLock(path + "/lock")
        try storage.makeDirectory(checkpoint)
        try storage.makeDirectory(log)
        try storage.makeDirectory(snapshots)
        try storage.syncDirectory(path)
        return lock
    }

    func segment(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return log + "/" + String(repeating: "0", count: 16 - digits.count) + digits + ".wal"
    }

    /// Numbers of the segments that exist, ascending.
    func segments(_ storage: any Storage) throws(StoreError) -> [UInt64] {
        var numbers: [UInt64] = []
        for name in try storage.names(in: log) where name.hasSuffix(".wal") {
            guard name.count == 20, let number = UInt64(name.dropLast(4), radix: 16), number > 0 else {
                throw StoreError(.corrupt, "\(log)/\(name): not the name of a log segment; move it away")
            }
            numbers.append(number)
        }
        return numbers.sorted()
    }

    private static func checkFileSystem(_ path: String, ephemeral: Bool) throws(StoreError) {
        let type = berth_file_system_type(path)
        if type < 0 { throw PosixStorage.failure("find the file system of", path) }
        if let name = networkFileSystems[type] {
            throw StoreError(
                .unusableDirectory,
                "\(path): is on \(name), which cannot promise locks and syncs to this store; use a local disk")
        }
        if let name = memoryFileSystems[type], !ephemeral {
            throw StoreError(
                .unusableDirectory,
                "\(path): is on \(name) and would be gone after a restart; use a disk, or --ephemeral if that is meant")
        }
    }

    /// Magic numbers of statfs(2).
    private static let networkFileSystems: [Int64: String] = [
        0x6969: "NFS", 0xFF53_4D42: "CIFS", 0xFE53_4D42: "SMB2", 0x517B: "SMB", 0x00C3_6400: "CephFS",
        0x0102_1997: "9P", 0x5346_414F: "AFS",
    ]
    private static let memoryFileSystems: [Int64: String] = [0x0102_1994: "tmpfs", 0x8584_58F6: "ramfs"]
}

/// Ownership of a directory, as long as this object lives (or the process, however it ends).
final class DirectoryLock: Sendable {
    private let descriptor: Int32

    init(_ path: String) throws(StoreError) {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        if descriptor < 0 { throw PosixStorage.failure("open", path) }
        if flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            let code = errno
            Glibc.close(descriptor)
            throw StoreError(.locked, "\(path): another process owns this store", cause: code)
        }
    }

    deinit { close(descriptor) }
}
