import Glibc

/// Removes a directory with everything in it: by descriptors, following no link, never onto another file system (a
/// mount that is still there must not cost somebody's data).
enum TreeRemoval {
    static func remove(_ path: String) throws(NodeError) {
        let parent = try OwnedFile(opening: Files.parent(of: path), O_RDONLY | O_DIRECTORY)
        let name = path.split(separator: "/").last.map(String.init) ?? ""
        try remove(name, in: parent.descriptor, named: path)
    }

    /// The entry `name` of an open directory.
    static func remove(_ name: String, in parent: CInt, named path: String) throws(NodeError) {
        var status = stat()
        guard fstat(parent, &status) == 0 else { throw ioError("look at the directory of \(path)") }
        try remove(name, in: parent, device: status.st_dev, path: path)
    }

    private static func remove(_ name: String, in parent: CInt, device: dev_t, path: String) throws(NodeError) {
        var status = stat()
        guard fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
            if errno == ENOENT { return }
            throw ioError("look at \(path)")
        }
        guard status.st_mode & S_IFMT == S_IFDIR else { return try unlink(name, in: parent, path: path) }
        guard status.st_dev == device else {
            throw NodeError(.io, "\(path) is a mount point; it was left alone, unmount it first")
        }
        let descriptor = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw ioError("open \(path)") }
        for child in try children(of: descriptor, path: path) {
            try remove(child, in: descriptor, device: device, path: "\(path)/\(child)", closing: descriptor)
        }
        close(descriptor)
        guard unlinkat(parent, name, AT_REMOVEDIR) == 0 || errno == ENOENT else { throw ioError("remove \(path)") }
    }

    private static func remove(
        _ name: String, in parent: CInt, device: dev_t, path: String, closing descriptor: CInt
    ) throws(NodeError) {
        do {
            try remove(name, in: parent, device: device, path: path)
        } catch {
            close(descriptor)
            throw error
        }
    }

    private static func unlink(_ name: String, in parent: CInt, path: String) throws(NodeError) {
        guard unlinkat(parent, name, 0) == 0 || errno == ENOENT else { throw ioError("remove \(path)") }
    }

    private static func children(of descriptor: CInt, path: String) throws(NodeError) -> [String] {
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0, let directory = fdopendir(copy) else { throw ioError("list \(path)") }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = Files.entryName(entry)
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }
}
