import Glibc
import Store
import Synchronization

/// Real files, of which the n-th call that changes something fails. With `forgets`, a failed write has written half.
final class FaultStorage: WrappedStorage {
    let real = PosixStorage()
    private let calls = Atomic<Int>(0)
    private let failing: Int
    private let error: Int32

    init(failing: Int, error: Int32 = EIO) {
        self.failing = failing
        self.error = error
    }

    var callCount: Int { calls.load(ordering: .relaxed) }

    fileprivate func step(_ what: String) throws(StoreError) {
        if calls.wrappingAdd(1, ordering: .relaxed).newValue == failing {
            throw StoreError(error == ENOSPC ? .noSpace : .io, "injected: \(what)", cause: error)
        }
    }

    func open(_ path: String, creating: Bool) throws(StoreError) -> any StorageFile {
        if creating { try step("create") }
        return FaultFile(try real.open(path, creating: creating), self)
    }
    func makeDirectory(_ path: String) throws(StoreError) {
        try step("mkdir")
        try real.makeDirectory(path)
    }
    func rename(_ path: String, to target: String) throws(StoreError) {
        try step("rename")
        try real.rename(path, to: target)
    }
    func remove(_ path: String) throws(StoreError) {
        try step("remove")
        try real.remove(path)
    }
    func syncDirectory(_ path: String) throws(StoreError) {
        try step("sync directory")
        try real.syncDirectory(path)
    }
    func allocate(_ path: String, bytes: Int64) throws(StoreError) {
        try step("allocate")
        try real.allocate(path, bytes: bytes)
    }
    func willCommit() throws(StoreError) { try step("commit") }
}

private final class FaultFile: WrappedFile {
    let real: any StorageFile
    private let storage: FaultStorage

    init(_ real: any StorageFile, _ storage: FaultStorage) {
        self.real = real
        self.storage = storage
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(StoreError) {
        do {
            try storage.step("write")
        } catch {
            // Half of it, in whole sectors, as a device that stops in the middle leaves it.
            try real.write(UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count / 1_024 * 512)]), at: offset)
            throw error
        }
        try real.write(bytes, at: offset)
    }
    func syncData() throws(StoreError) {
        try storage.step("sync")
        try real.syncData()
    }
}
