internal import CStore
internal import Glibc

/// Real files.
package struct PosixStorage: Storage {
    package init() {}

    package func open(_ path: String, creating: Bool) throws(StoreError) -> any StorageFile {
        let flags = O_RDWR | O_CLOEXEC | (creating ? O_CREAT | O_EXCL : 0)
        let descriptor = Glibc.open(path, flags, 0o600)
        if descriptor < 0 { throw Self.failure(creating ? "create" : "open", path) }
        return PosixFile(path: path, descriptor: descriptor)
    }

    package func readFromDisk(_ path: String) throws(StoreError) -> FileImage {
        let buffered = Glibc.open(path, O_RDWR | O_CLOEXEC)
        if buffered < 0 { throw Self.failure("open", path) }
        defer { close(buffered) }
        if fdatasync(buffered) != 0 { throw Self.failure("sync", path) }
        posix_fadvise(buffered, 0, 0, POSIX_FADV_DONTNEED)
        var status = stat()
        if fstat(buffered, &status) != 0 { throw Self.failure("stat", path) }
        let image = FileImage(count: Int(status.st_size))
        let directly = berth_open_direct(path)
        defer { if directly >= 0 { close(directly) } }
        // Not every file system has O_DIRECT, and it wants whole blocks.
        let descriptor = directly >= 0 && image.count % 4_096 == 0 ? directly : buffered
        try Self.fill(image, from: descriptor, path)
        return image
    }

    private static func fill(_ image: FileImage, from descriptor: Int32, _ path: String) throws(StoreError) {
        var offset = 0
        while offset < image.count {
            let wanted = min(image.count - offset, 4_194_304)
            let got = pread(descriptor, image.memory.baseAddress.map { $0 + offset }, wanted, off_t(offset))
            if got < 0 && errno == EINTR { continue }
            if got < 0 { throw failure("read", path) }
            if got == 0 { throw StoreError(.io, "\(path): shorter than its size when read") }
            offset += got
        }
    }

    package func names(in directory: String) throws(StoreError) -> [String] {
        guard let handle = opendir(directory) else { throw Self.failure("list", directory) }
        defer { closedir(handle) }
        var names: [String] = []
        while let entry = readdir(handle) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }

    package func makeDirectory(_ path: String) throws(StoreError) {
        if mkdir(path, 0o700) != 0 && errno != EEXIST { throw Self.failure("make directory", path) }
    }

    package func rename(_ path: String, to target: String) throws(StoreError) {
        if Glibc.rename(path, target) != 0 { throw Self.failure("rename", path) }
    }

    package func remove(_ path: String) throws(StoreError) {
        if unlink(path) != 0 && errno != ENOENT { throw Self.failure("remove", path) }
    }

    package func syncDirectory(_ path: String) throws(StoreError) {
        let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if descriptor < 0 { throw Self.failure("open", path) }
        defer { close(descriptor) }
        if fsync(descriptor) != 0 { throw Self.failure("sync directory", path) }
    }

    package func freeBytes(_ path: String) throws(StoreError) -> Int64 {
        var status = statvfs()
        if statvfs(path, &status) != 0 { throw Self.failure("ask for free space", path) }
        return Int64(status.f_bavail) * Int64(status.f_frsize)
    }

    package func allocate(_ path: String, bytes: Int64) throws(StoreError) {
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        if descriptor < 0 { throw Self.failure("open", path) }
        defer { close(descriptor) }
        var status = stat()
        if fstat(descriptor, &status) != 0 { throw Self.failure("stat", path) }
        if berth_allocate(descriptor, Int64(status.st_size), bytes) == 0 { return }
        // Not every file system can; there the first write finds out.
        if errno == EOPNOTSUPP || errno == ENOSYS { return }
        throw Self.failure("allocate \(bytes) bytes", path)
    }

    package func fileBytes(_ path: String) throws(StoreError) -> Int64 {
        var status = stat()
        if stat(path, &status) == 0 { return Int64(status.st_blocks) * 512 }
        if errno == ENOENT { return 0 }
        throw Self.failure("stat", path)
    }

    package func willCommit() throws(StoreError) {}

    package var monotonicNanoseconds: Int64 { Self.now(CLOCK_MONOTONIC) }
    package var wallNanoseconds: Int64 { Self.now(CLOCK_REALTIME) }

    package var bootIdentity: UInt64 { Self.boot }

    private static let boot: UInt64 = {
        guard let file = fopen("/proc/sys/kernel/random/boot_id", "re") else { return 0 }
        defer { fclose(file) }
        var text = [UInt8](repeating: 0, count: 36)
        guard fread(&text, 1, text.count, file) == text.count else { return 0 }
        return text.withRawBytes { hash64($0) }
    }()

    private static func now(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    static func failure(_ what: String, _ path: String) -> StoreError {
        let code = errno
        return StoreError(code == ENOSPC ? .noSpace : .io, "\(path): cannot \(what): \(reason(code))", cause: code)
    }

    private static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }
}

private final class PosixFile: StorageFile {
    let path: String
    private let descriptor: Int32

    init(path: String, descriptor: Int32) {
        self.path = path
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(StoreError) {
        var done = 0
        while done < bytes.count {
            let count = pwrite(
                descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done, off_t(offset + done))
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { throw PosixStorage.failure("write", path) }
            done += count
        }
    }

    func read(into target: UnsafeMutableRawBufferPointer, at offset: Int) throws(StoreError) {
        var done = 0
        while done < target.count {
            let count = pread(
                descriptor, target.baseAddress.map { $0 + done }, target.count - done, off_t(offset + done))
            if count < 0 && errno == EINTR { continue }
            if count < 0 { throw PosixStorage.failure("read", path) }
            if count == 0 { throw StoreError(.corrupt, "\(path): ends at byte \(offset + done)") }
            done += count
        }
    }

    func syncData() throws(StoreError) {
        if fdatasync(descriptor) != 0 { throw PosixStorage.failure("sync", path) }
    }

    func writePastCache() {
        dropCache()
        // Where it is refused (tmpfs) writes stay as they were.
        _ = berth_write_direct(descriptor)
    }

    func dropCache() { posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED) }

    func size() throws(StoreError) -> Int {
        var status = stat()
        if fstat(descriptor, &status) != 0 { throw PosixStorage.failure("stat", path) }
        return Int(status.st_size)
    }
}
