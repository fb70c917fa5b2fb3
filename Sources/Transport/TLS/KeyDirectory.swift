internal import Glibc

/// A directory of small secret files. A file is there whole or not at all, on the disk before anybody uses it, and
/// readable by its owner only.
package struct KeyDirectory: Sendable {
    package let path: String

    package init(_ path: String) { self.path = path }

    /// nil if there is no such file.
    package func read(_ name: String) throws(KeyFileError) -> String? {
        let descriptor = open("\(path)/\(name)", O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw KeyFileError("cannot open", "\(path)/\(name)")
        }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 64 * 1024)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        guard count >= 0 else { throw KeyFileError("cannot read", "\(path)/\(name)") }
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }

    /// Replaces the file. `mode` is there from the first instant.
    package func write(_ name: String, _ text: String, mode: UInt32 = 0o600) throws(KeyFileError) {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw KeyFileError("cannot make", path) }
        let (target, temporary) = ("\(path)/\(name)", "\(path)/.\(name).new")
        unlink(temporary)
        let descriptor = open(temporary, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, mode)
        guard descriptor >= 0 else { throw KeyFileError("cannot make", temporary) }
        let bytes = Array(text.utf8)
        let isWritten = Glibc.write(descriptor, bytes, bytes.count) == bytes.count && fsync(descriptor) == 0
        close(descriptor)
        guard isWritten else { throw KeyFileError("cannot write", temporary) }
        guard rename(temporary, target) == 0 else { throw KeyFileError("cannot put in place", target) }
        let directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw KeyFileError("cannot open", path) }
        defer { close(directory) }
        guard fsync(directory) == 0 else { throw KeyFileError("cannot sync", path) }
    }
}

/// Why keys or certificates cannot be had; the text says which and why.
package struct KeyFileError: Error, Sendable, CustomStringConvertible {
    package var description: String

    /// With what errno says.
    init(_ what: String, _ path: String) { description = "\(what) \(path): \(String(cString: strerror(errno)))" }
    package init(text: String) { description = text }
}
