import Glibc
import Synchronization

@testable import Store

/// Real files on a disk that pretends to be small: an account of what the store's files take, and `noSpace` when there
/// is no more. What others take can be changed at any time.
final class SmallDisk: WrappedStorage {
    private struct Account {
        var free: Int64
        /// End of what is allocated, by path.
        var files: [String: Int64] = [:]
        var refusals = 0
    }

    let real = PosixStorage()
    private let account: Monitor<Account>

    init(bytes: Int64) { account = Monitor(Account(free: bytes)) }

    /// What takes the space, for a test that fails.
    var description: String {
        account.withLock { account in
            let names = account.files.sorted { $0.value > $1.value }.prefix(8)
            return names.map { "\($0.key.split(separator: "/").last ?? "") \($0.value)" }.joined(separator: ", ")
                + "; \(account.files.count) files, \(account.refusals) refusals"
        }
    }
    var free: Int64 { account.withLock { $0.free } }
    /// How often something found the disk full.
    var refusals: Int { account.withLock { $0.refusals } }

    /// Somebody else takes all but this much, or gives it back.
    func setFree(_ bytes: Int64) { account.withLock { $0.free = bytes } }

    fileprivate func extend(_ path: String, to end: Int64) throws(StoreError) {
        let isFull = account.withLock { account in
            let growth = end - (account.files[path] ?? 0)
            if growth <= 0 { return false }
            if growth > account.free {
                account.refusals += 1
                return true
            }
            account.free -= growth
            account.files[path] = end
            return false
        }
        if isFull { throw StoreError(.noSpace, "\(path): small disk is full", cause: ENOSPC) }
    }

    func open(_ path: String, creating: Bool) throws(StoreError) -> any StorageFile {
        SmallDiskFile(try real.open(path, creating: creating), self)
    }
    func rename(_ path: String, to target: String) throws(StoreError) {
        try real.rename(path, to: target)
        account.withLock { account in
            account.free += account.files.removeValue(forKey: target) ?? 0
            account.files[target] = account.files.removeValue(forKey: path)
        }
    }
    func remove(_ path: String) throws(StoreError) {
        try real.remove(path)
        account.withLock { $0.free += $0.files.removeValue(forKey: path) ?? 0 }
    }
    func freeBytes(_ path: String) throws(StoreError) -> Int64 { free }
    func allocate(_ path: String, bytes: Int64) throws(StoreError) {
        var status = stat()
        let size = stat(path, &status) == 0 ? Int64(status.st_size) : 0
        try extend(path, to: size + bytes)
        try real.allocate(path, bytes: bytes)
    }
    func fileBytes(_ path: String) throws(StoreError) -> Int64 { account.withLock { $0.files[path] ?? 0 } }
}

private final class SmallDiskFile: WrappedFile {
    let real: any StorageFile
    private let disk: SmallDisk

    init(_ real: any StorageFile, _ disk: SmallDisk) {
        self.real = real
        self.disk = disk
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(StoreError) {
        try disk.extend(path, to: Int64(offset + bytes.count))
        try real.write(bytes, at: offset)
    }
}
