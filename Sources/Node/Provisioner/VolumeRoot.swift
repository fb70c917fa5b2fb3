import CNode
import Client
import Glibc

/// The directory that holds all provisioned volumes. Everything happens by descriptors below it: no symbolic link is
/// followed, nothing outside is reached. All calls block.
package struct VolumeRoot: Sendable {
    package let path: String

    package init(_ path: String) { self.path = path }

    /// Makes a volume's directory, if it is not there yet, and returns once it would survive a power cut.
    package func make(_ name: String, mode: UInt32, bytes: UInt64 = 0) throws(NodeError) -> SizeLimit {
        let root = try open()
        if mkdirat(root.descriptor, name, 0o700) != 0 {
            guard errno == EEXIST else { throw ioError("make \(path)/\(name)") }
        }
        let directory = try below(root.descriptor, name)
        let limit = try ProjectQuota.limit(directory.descriptor, to: bytes, seed: name, path: "\(path)/\(name)")
        guard fchmod(directory.descriptor, mode_t(mode)) == 0 else {
            throw ioError("change the mode of \(path)/\(name)")
        }
        try sync(directory.descriptor, name)
        try sync(root.descriptor, ".")
        return limit
    }

    /// Gives a volume another size. Running pods see it at once.
    package func resize(_ name: String, bytes: UInt64) throws(NodeError) -> SizeLimit {
        let root = try open()
        let directory = try below(root.descriptor, name)
        return try ProjectQuota.limit(directory.descriptor, to: bytes, seed: name, path: "\(path)/\(name)")
    }

    /// What is in the root beside the trash: directories by name, and whatever does not belong there.
    package func contents() throws(NodeError) -> (directories: [String], strangers: [String]) {
        let root = try open()
        var directories: [String] = []
        var strangers: [String] = []
        // What a file system has at its top by itself is no stranger.
        let own: Set = [Trash.name, VolumeRoot.marker, "lost+found"]
        for name in try Files.names(of: root.descriptor, named: path) where !own.contains(name) {
            var status = stat()
            guard fstatat(root.descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
            let isDirectory = status.st_mode & S_IFMT == S_IFDIR
            if isDirectory, name.hasPrefix("pvc-") { directories.append(name) } else { strangers.append(name) }
        }
        return (directories, strangers)
    }

    package var trash: Trash { Trash(root: self) }

    // MARK: Whether it is the root that volumes were made in

    /// An empty file that says so: where a disk is not mounted, its mount point looks like a root without volumes.
    static let marker = ".berth"

    /// A root of a time before there were markers is known by what is in it, and gets one.
    func isMarked() throws(NodeError) -> Bool {
        let root = try open()
        let names = try Files.names(of: root.descriptor, named: path)
        if names.contains(VolumeRoot.marker) { return true }
        guard names.contains(where: { $0 == Trash.name || VolumeInventory.isDirectoryName($0) }) else { return false }
        try mark()
        return true
    }

    func mark() throws(NodeError) {
        let root = try open()
        try Files.replace(VolumeRoot.marker, in: root.descriptor, [], named: "\(path)/\(VolumeRoot.marker)")
    }

    /// The root is for root only: a volume's directory may be open to everybody, because its pod's user is not known,
    /// and a set-user-ID file in it may be a pod's. Pods need no way through here, their mounts are made from
    /// descriptors.
    func open() throws(NodeError) -> OwnedFile {
        try Files.makeDirectories(path, mode: 0o700)
        let root = try OwnedFile(opening: path, O_RDONLY | O_DIRECTORY)
        var status = stat()
        guard fstat(root.descriptor, &status) == 0 else { throw ioError("look at \(path)") }
        if status.st_mode & 0o7777 != 0o700, fchmod(root.descriptor, 0o700) != 0 {
            throw ioError("change the mode of \(path)")
        }
        return root
    }

    func below(_ root: CInt, _ name: String) throws(NodeError) -> OwnedFile {
        let resolve = UInt64(CNODE_RESOLVE_BENEATH | CNODE_RESOLVE_NO_SYMLINKS | CNODE_RESOLVE_NO_MAGICLINKS)
        let descriptor = cnode_openat2(root, name, UInt64(O_RDONLY | O_DIRECTORY), 0, resolve)
        guard descriptor >= 0 else { throw ioError("open \(path)/\(name)") }
        return OwnedFile(descriptor)
    }

    func sync(_ descriptor: CInt, _ name: String) throws(NodeError) {
        guard fsync(descriptor) == 0 else { throw ioError("sync \(path)/\(name)") }
    }
}
