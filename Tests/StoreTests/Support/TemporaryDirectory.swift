import Glibc

/// A directory on a real file system that goes away with this object. `TMPDIR` or /var/tmp: never tmpfs, on which
/// durability means nothing.
final class TemporaryDirectory: Sendable {
    let path: String

    /// - Parameter folder: where it is made instead.
    init(in folder: String? = nil) {
        let base = folder ?? getenv("TMPDIR").map { String(cString: $0) } ?? "/var/tmp"
        var template = Array((base + "/berth-store-XXXXXX").utf8CString)
        path = template.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress, mkdtemp(start) != nil else { preconditionFailure("mkdtemp") }
            return String(cString: start)
        }
    }

    deinit {
        removeTree(path)
    }
}

func removeTree(_ path: String) {
    if unlink(path) == 0 { return }
    for name in names(in: path) { removeTree(path + "/" + name) }
    rmdir(path)
}

func names(in directory: String) -> [String] {
    guard let handle = opendir(directory) else { return [] }
    defer { closedir(handle) }
    var names: [String] = []
    while let entry = readdir(handle) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
            $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
}

/// Copies the files of a store that is not open, or that is to be looked at as a crash would leave it.
func copyTree(_ source: String, to target: String) {
    mkdir(target, 0o700)
    for name in names(in: source) {
        var status = stat()
        lstat(source + "/" + name, &status)
        if status.st_mode & S_IFMT == S_IFDIR {
            copyTree(source + "/" + name, to: target + "/" + name)
        } else {
            writeFile(target + "/" + name, readFile(source + "/" + name))
        }
    }
}

func readFile(_ path: String) -> [UInt8] {
    let descriptor = open(path, O_RDONLY)
    defer { close(descriptor) }
    var status = stat()
    fstat(descriptor, &status)
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
    var done = 0
    while done < bytes.count {
        let count = bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress.map { $0 + done }, $0.count - done) }
        if count <= 0 { break }
        done += count
    }
    return bytes
}

func writeFile(_ path: String, _ bytes: [UInt8]) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    defer { close(descriptor) }
    var done = 0
    while done < bytes.count {
        let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress.map { $0 + done }, $0.count - done) }
        if count <= 0 { break }
        done += count
    }
}
