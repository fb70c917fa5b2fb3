import Glibc
import Store
import Synchronization

/// Real files, of which the n-th call that changes something fails. With `forgets`, a failed write has written half.
final class FaultStorage: Storage {
    private let real = PosixStorage()
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
    func readFromDisk(_ path: String) throws(StoreError) -> FileImage { try real.readFromDisk(path) }
    func names(in directory: String) throws(StoreError) -> [String] { try real.names(in: directory) }
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
    func freeBytes(_ path: String) throws(StoreError) -> Int64 { try real.freeBytes(path) }
    func allocate(_ path: String, bytes: Int64) throws(StoreError) {
        try step("allocate")
        try real.allocate(path, bytes: bytes)
    }
    func fileBytes(_ path: String) throws(StoreError) -> Int64 { try real.fileBytes(path) }
    func willCommit() throws(StoreError) { try step("commit") }
    var monotonicNanoseconds: Int64 { real.monotonicNanoseconds }
    var wallNanoseconds: Int64 { real.wallNanoseconds }
    var bootIdentity: UInt64 { real.bootIdentity }
}

private final class FaultFile: StorageFile {
    private let real: any StorageFile
    private let storage: FaultStorage

    init(_ real: any StorageFile, _ storage: FaultStorage) {
        self.real = real
        self.storage = storage
    }

    var path: String { real.path }
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
    func read(into target: UnsafeMutableRawBufferPointer, at offset: Int) throws(StoreError) {
        try real.read(into: target, at: offset)
    }
    func syncData() throws(StoreError) {
        try storage.step("sync")
        try real.syncData()
    }
    func size() throws(StoreError) -> Int { try real.size() }
    func writePastCache() { real.writePastCache() }
    func dropCache() { real.dropCache() }
}
