@testable import Store

/// Real files and clocks, but for what a test's storage does itself.
protocol WrappedStorage: Storage {
    var real: PosixStorage { get }
}

extension WrappedStorage {
    func open(_ path: String, creating: Bool) throws(StoreError) -> any StorageFile {
        try real.open(path, creating: creating)
    }
    func readFromDisk(_ path: String) throws(StoreError) -> FileImage { try real.readFromDisk(path) }
    func names(in directory: String) throws(StoreError) -> [String] { try real.names(in: directory) }
    func makeDirectory(_ path: String) throws(StoreError) { try real.makeDirectory(path) }
    func rename(_ path: String, to target: String) throws(StoreError) { try real.rename(path, to: target) }
    func remove(_ path: String) throws(StoreError) { try real.remove(path) }
    func syncDirectory(_ path: String) throws(StoreError) { try real.syncDirectory(path) }
    func freeBytes(_ path: String) throws(StoreError) -> Int64 { try real.freeBytes(path) }
    func allocate(_ path: String, bytes: Int64) throws(StoreError) { try real.allocate(path, bytes: bytes) }
    func fileBytes(_ path: String) throws(StoreError) -> Int64 { try real.fileBytes(path) }
    func willCommit() throws(StoreError) { try real.willCommit() }
    var monotonicNanoseconds: Int64 { real.monotonicNanoseconds }
    var wallNanoseconds: Int64 { real.wallNanoseconds }
    var bootIdentity: UInt64 { real.bootIdentity }
}

/// A real file, but for what a test's file does itself.
protocol WrappedFile: StorageFile {
    var real: any StorageFile { get }
}

extension WrappedFile {
    var path: String { real.path }
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(StoreError) {
        try real.write(bytes, at: offset)
    }
    func read(into target: UnsafeMutableRawBufferPointer, at offset: Int) throws(StoreError) {
        try real.read(into: target, at: offset)
    }
    func syncData() throws(StoreError) { try real.syncData() }
    func size() throws(StoreError) -> Int { try real.size() }
    func writePastCache() { real.writePastCache() }
    func dropCache() { real.dropCache() }
}
