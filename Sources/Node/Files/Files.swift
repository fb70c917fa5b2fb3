import Glibc

/// Small files of the node's own, read and replaced as a whole.
enum Files {
    /// - Throws: `NodeError`; nil for a missing file
    static func read(_ path: String, limit: Int = 16 << 20) throws(NodeError) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw ioError("open \(path)")
        }
        let file = OwnedFile(descriptor)
        return try read(file.descriptor, named: path, limit: limit)
    }

    static func readText(_ path: String) throws(NodeError) -> String? {
        try read(path).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Reads to the end.
    static func read(_ descriptor: CInt, named name: String, limit: Int = 16 << 20) throws(NodeError) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16384)
        while true {
            let got = Glibc.read(descriptor, &buffer, buffer.count)
            if got < 0 && errno == EINTR { continue }
            guard got >= 0 else { throw ioError("read \(name)") }
            if got == 0 { return bytes }
            bytes += buffer[..<got]
            guard bytes.count <= limit else { throw NodeError(.io, "\(name) is larger than \(limit) bytes") }
        }
    }

    /// The last bytes of a file, however large it is; nil for a missing one.
    static func readEnd(_ path: String, count: Int) throws(NodeError) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw ioError("open \(path)")
        }
        let file = OwnedFile(descriptor)
        let size = lseek(file.descriptor, 0, SEEK_END)
        guard size >= 0 else { throw ioError("look for the end of \(path)") }
        var bytes = [UInt8](repeating: 0, count: count)
        let got = pread(file.descriptor, &bytes, count, max(0, size - off_t(count)))
        guard got >= 0 else { throw ioError("read \(path)") }
        return Array(bytes[..<got])
    }

    static func writeAll(_ descriptor: CInt, _ bytes: [UInt8], named name: String) throws(NodeError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else { throw ioError("write \(name)") }
            rest = rest.dropFirst(written)
        }
    }

    /// Replaces the file in one step. With `durable` it survives a power cut once this returns.
    static func replace(_ path: String, _ bytes: [UInt8], mode: mode_t = 0o600, durable: Bool = false) throws(NodeError)
    {
        let temporary = "\(parent(of: path))/\(temporaryName(for: path.split(separator: "/").last ?? ""))"
        unlink(temporary)
        do {
            let file = try OwnedFile(opening: temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: mode)
            guard fchmod(file.descriptor, mode) == 0 else { throw ioError("change the mode of \(temporary)") }
            try writeAll(file.descriptor, bytes, named: temporary)
            if durable, fsync(file.descriptor) != 0 { throw ioError("sync \(temporary)") }
        }
        guard rename(temporary, path) == 0 else { throw ioError("rename \(temporary) to \(path)") }
        if durable { try syncDirectory(parent(of: path)) }
    }

    /// Replaces a file of an open directory in one step, durably, following no link.
    static func replace(
        _ file: String, in directory: CInt, _ bytes: [UInt8], named name: String
    ) throws(NodeError) {
        let temporary = temporaryName(for: file[...])
        unlinkat(directory, temporary, 0)
        do {
            let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
            let descriptor = openat(directory, temporary, flags, 0o600)
            guard descriptor >= 0 else { throw ioError("open \(temporary) for \(name)") }
            let opened = OwnedFile(descriptor)
            try writeAll(opened.descriptor, bytes, named: name)
            guard fsync(opened.descriptor) == 0 else { throw ioError("sync \(name)") }
        }
        guard renameat(directory, temporary, directory, file) == 0 else { throw ioError("rename to \(name)") }
        guard fsync(directory) == 0 else { throw ioError("sync the directory of \(name)") }
    }

    /// Where a file is written before it takes its place. No key of a ConfigMap or Secret begins with two dots, so none
    /// is in the way; and what a crash leaves behind is written over by the next try. (The name is FNV-1a of the
    /// file's: appending to one of 255 bytes would make it too long.)
    static func temporaryName(for name: Substring) -> String {
        let hash = name.utf8.reduce(14_695_981_039_346_656_037 as UInt64) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
        return "..berth-" + String(hash, radix: 16)
    }

    static func syncDirectory(_ path: String) throws(NodeError) {
        let directory = try OwnedFile(opening: path, O_RDONLY | O_DIRECTORY)
        guard fsync(directory.descriptor) == 0 else { throw ioError("sync \(path)") }
    }

    static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Makes the directory and its parents; an existing one keeps its mode.
    static func makeDirectories(_ path: String, mode: mode_t = 0o755) throws(NodeError) {
        if mkdir(path, mode) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, path != "/", !path.isEmpty else { throw ioError("make the directory \(path)") }
        try makeDirectories(parent(of: path), mode: 0o755)
        guard mkdir(path, mode) == 0 || errno == EEXIST else { throw ioError("make the directory \(path)") }
    }

    static func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    /// The names in a directory, sorted; empty for a missing one.
    static func names(in path: String) throws(NodeError) -> [String] {
        guard let directory = opendir(path) else {
            if errno == ENOENT || errno == ENOTDIR { return [] }
            throw ioError("open \(path)")
        }
        defer { closedir(directory) }
        return names(of: directory)
    }

    /// The names in an open directory, sorted.
    static func names(of directory: CInt, named name: String) throws(NodeError) -> [String] {
        // A directory opened anew: a copy of the descriptor would share its position.
        let copy = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0, let stream = fdopendir(copy) else { throw ioError("list \(name)") }
        defer { closedir(stream) }
        return names(of: stream)
    }

    private static func names(of stream: OpaquePointer) -> [String] {
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = entryName(entry)
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    static func entryName(_ entry: UnsafeMutablePointer<dirent>) -> String {
        withUnsafePointer(to: &entry.pointee.d_name) { pointer in
            pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
    }
}
