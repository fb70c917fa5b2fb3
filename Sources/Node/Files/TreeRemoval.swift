import CNode
import Glibc

/// Removes a directory with everything in it: by descriptors, following no link, never into a mount (one that is still
/// there must not cost somebody's data, also where it is of the same file system).
///
/// What a container leaves may be tens of thousands of levels deep: there is no recursion, and only the directory that
/// is being emptied is open. The way back up is "..", which must then be the directory that the way down came through.
enum TreeRemoval {
    static func remove(_ path: String) throws(NodeError) {
        let parent = try OwnedFile(opening: Files.parent(of: path), O_RDONLY | O_DIRECTORY)
        let name = path.split(separator: "/").last.map(String.init) ?? ""
        try remove(name, in: parent.descriptor, named: path)
    }

    /// The entry `name` of an open directory.
    static func remove(_ name: String, in parent: CInt, named path: String) throws(NodeError) {
        if unlinkat(parent, name, 0) == 0 || errno == ENOENT { return }
        guard errno == EISDIR else { throw ioError("remove \(path)") }
        try TreeWalk(name, in: parent, path: path).run()
        guard unlinkat(parent, name, AT_REMOVEDIR) == 0 || errno == ENOENT else { throw ioError("remove \(path)") }
    }
}

/// Empties one directory.
private final class TreeWalk {
    /// As the kernel has it, NUL at the end: a container may give names that are no UTF-8.
    private typealias Name = [CChar]

    /// A directory on the way down to the one that is open.
    private struct Level {
        var name: Name
        var device: dev_t
        var inode: ino_t
        /// Directories in it that are still to be removed.
        var pending: [Name] = []
        /// Complete looks at it so far.
        var looks = 0
        var isEmptied = false
    }

    private let path: String
    private var levels: [Level] = []
    private var here: CInt = -1
    /// Names in all levels together.
    private var pending = 0
    private static let mostPending = 65_536
    /// A file system may pass over names while others are removed, so only a look that finds nothing ends it; but
    /// somebody who keeps adding files must not keep it going.
    private static let mostLooks = 8

    init(_ name: String, in parent: CInt, path: String) throws(NodeError) {
        self.path = path
        try enter(Name(name.utf8CString), in: parent)
    }

    deinit { if here >= 0 { close(here) } }

    func run() throws(NodeError) {
        while let last = levels.indices.last {
            if let next = levels[last].pending.popLast() {
                pending -= 1
                try enter(next, in: here)
            } else if !levels[last].isEmptied {
                try look(last)
            } else if last == 0 {
                return
            } else {
                try leave()
            }
        }
    }

    private func enter(_ name: Name, in parent: CInt) throws(NodeError) {
        let resolve = UInt64(
            CNODE_RESOLVE_BENEATH | CNODE_RESOLVE_NO_SYMLINKS | CNODE_RESOLVE_NO_MAGICLINKS | CNODE_RESOLVE_NO_XDEV)
        let descriptor = cnode_openat2(parent, name, UInt64(O_RDONLY | O_DIRECTORY), 0, resolve)
        guard descriptor >= 0 else {
            let code = errno
            if code == ENOENT, !levels.isEmpty { return }
            guard code == EXDEV else { throw ioError("open \(place(name))", code) }
            throw NodeError(.io, "\(place(name)) is a mount point; it was left alone, unmount it first")
        }
        let (device, inode) = try identity(of: descriptor)
        levels.append(Level(name: name, device: device, inode: inode))
        go(to: descriptor)
    }

    /// Removes what is no directory, and notes what is one.
    private func look(_ level: Int) throws(NodeError) {
        let room = max(16, TreeWalk.mostPending - pending)
        let again = openat(here, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard again >= 0, let stream = fdopendir(again) else { throw ioError("list \(place(nil))") }
        defer { closedir(stream) }
        var seen = 0
        while levels[level].pending.count < room {
            guard let entry = readdir(stream) else {
                levels[level].looks += 1
                levels[level].isEmptied = seen == 0 || levels[level].looks == TreeWalk.mostLooks
                break
            }
            let name = TreeWalk.name(entry)
            if name == [46, 0] || name == [46, 46, 0] { continue }
            seen += 1
            if unlinkat(here, name, 0) == 0 || errno == ENOENT { continue }
            guard errno == EISDIR else { throw ioError("remove \(place(name))") }
            levels[level].pending.append(name)
        }
        pending += levels[level].pending.count
    }

    /// Back to the directory above, and the emptied one away.
    private func leave() throws(NodeError) {
        let descriptor = openat(here, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw ioError("open the directory of \(place(nil))") }
        let done = levels.removeLast()
        go(to: descriptor)
        let (device, inode) = try identity(of: descriptor)
        guard let expected = levels.last, expected.inode == inode, expected.device == device else {
            throw NodeError(.io, "\(place(done.name)) was moved while it was being removed")
        }
        guard unlinkat(here, done.name, AT_REMOVEDIR) == 0 || errno == ENOENT else {
            throw ioError("remove \(place(done.name))")
        }
    }

    private func go(to descriptor: CInt) {
        if here >= 0 { close(here) }
        here = descriptor
    }

    private func identity(of descriptor: CInt) throws(NodeError) -> (dev_t, ino_t) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw ioError("look at \(place(nil))") }
        return (status.st_dev, status.st_ino)
    }

    /// For messages: the whole way down may be longer than anybody reads.
    private func place(_ name: Name?) -> String {
        let below = levels.dropFirst().map(\.name) + (levels.isEmpty ? [] : [name].compactMap { $0 })
        let names = below.map { String(decoding: $0.dropLast().map { UInt8(truncatingIfNeeded: $0) }, as: UTF8.self) }
        let shown = names.count <= 8 ? names : Array(names.prefix(4) + ["..."] + names.suffix(3))
        return ([path] + shown).joined(separator: "/")
    }

    private static func name(_ entry: UnsafeMutablePointer<dirent>) -> Name {
        withUnsafePointer(to: &entry.pointee.d_name) { pointer in
            pointer.withMemoryRebound(to: CChar.self, capacity: 256) { start in
                Array(UnsafeBufferPointer(start: start, count: strlen(start) + 1))
            }
        }
    }
}
