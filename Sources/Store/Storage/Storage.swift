/// The seam between the engine and the machine: files of the log and of snapshots, syncs, and clocks. Tests put a
/// storage here that fails the n-th call or forgets what was not synced. LMDB does its own I/O; its commits are
/// announced by `willCommit` so that they can be made to fail, too.
package protocol Storage: Sendable {
    /// Opens for reading and writing; `creating` makes a new file with mode 0600 and fails if there is one.
    func open(_ path: String, creating: Bool) throws(StoreError) -> any StorageFile
    /// The whole file as it is on the disk: written back first, then read past the page cache where the file system
    /// can do that. After a failed write-back the cache may hold what the disk does not (reliability.md, rule 13).
    func readFromDisk(_ path: String) throws(StoreError) -> FileImage
    /// Names in a directory, without `.` and `..`.
    func names(in directory: String) throws(StoreError) -> [String]
    func makeDirectory(_ path: String) throws(StoreError)
    func rename(_ path: String, to target: String) throws(StoreError)
    func remove(_ path: String) throws(StoreError)
    /// Makes creations, renames and removals in the directory durable.
    func syncDirectory(_ path: String) throws(StoreError)
    /// What an unprivileged process may still write, in bytes.
    func freeBytes(_ path: String) throws(StoreError) -> Int64
    /// Makes sure that the `bytes` behind the end of the file can be written later without finding the disk full; makes
    /// the file if it is missing. `noSpace` leaves the file as it was. Its size stays.
    func allocate(_ path: String, bytes: Int64) throws(StoreError)
    /// Bytes that the file system has given to the file; 0 if it does not exist.
    func fileBytes(_ path: String) throws(StoreError) -> Int64
    func willCommit() throws(StoreError)

    var monotonicNanoseconds: Int64 { get }
    /// Since 1970; may jump.
    var wallNanoseconds: Int64 { get }
    /// Another number after each start of the machine, which is as long as the monotonic clock goes on; 0: not known.
    var bootIdentity: UInt64 { get }
}

package protocol StorageFile: AnyObject, Sendable {
    var path: String { get }
    /// All of `bytes`, or an error.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(StoreError)
    /// Fills `target`, or an error (`corrupt` if the file ends before).
    func read(into target: UnsafeMutableRawBufferPointer, at offset: Int) throws(StoreError)
    /// Returns when everything written, and the size, is on the disk. After an error the file must not be used again.
    func syncData() throws(StoreError)
    func size() throws(StoreError) -> Int
    /// From now on writes go past the page cache where the file system can do that. Address, offset and length of each
    /// must be multiples of 4,096. What is durable does not change: `syncData` is needed as before.
    func writePastCache()
    /// Makes the next reads come from the disk, as far as the kernel can promise that.
    func dropCache()
}

/// A file's bytes in page-aligned memory.
///
/// Sendable by hand: filled by whoever makes it, only read afterwards.
package final class FileImage: @unchecked Sendable {
    package let memory: UnsafeMutableRawBufferPointer
    package let count: Int

    package init(count: Int) {
        memory = .allocate(byteCount: max(count, 1), alignment: 4_096)
        self.count = count
    }

    package var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[0..<count]) }

    deinit { memory.deallocate() }
}
