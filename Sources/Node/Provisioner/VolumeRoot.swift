import CNode
import Glibc
package import Objects

/// The directory that holds all provisioned volumes. Everything happens by descriptors below it: no symbolic link is
/// followed, nothing outside is reached. All calls block.
package struct VolumeRoot: Sendable {
    package let path: String
    private static let trash = ".trash"

    package init(_ path: String) { self.path = path }

    /// Makes a volume's directory, if it is not there yet, and returns once it would survive a power cut.
    package func make(_ name: String, mode: UInt32) throws(NodeError) {
        let root = try open()
        if mkdirat(root.descriptor, name, 0o700) != 0 {
            guard errno == EEXIST else { throw ioError("make \(path)/\(name)") }
        }
        let directory = try below(root.descriptor, name)
        guard fchmod(directory.descriptor, mode_t(mode)) == 0 else {
            throw ioError("change the mode of \(path)/\(name)")
        }
        try sync(directory.descriptor, name)
        try sync(root.descriptor, ".")
    }

    /// Moves a volume's directory to `.trash/<claim UID>`, its object beside it as `.trash/<claim UID>.json`.
    ///
    /// - Returns: false when there is no such directory, neither here nor in the trash
    package func discard(_ name: String, claimUID: String, volume: Object) throws(NodeError) -> Bool {
        let root = try open()
        guard mkdirat(root.descriptor, Self.trash, 0o700) == 0 || errno == EEXIST else {
            throw ioError("make \(path)/\(Self.trash)")
        }
        let trash = try below(root.descriptor, Self.trash)
        if faccessat(trash.descriptor, claimUID, F_OK, AT_SYMLINK_NOFOLLOW) == 0 { return true }
        guard let directory = try? below(root.descriptor, name) else { return false }
        // The object first: a directory in the trash always has one.
        try Files.replace("\(path)/\(Self.trash)/\(claimUID).json", JSONEncoder.encode(volume.json), durable: true)
        guard cnode_rename_new(root.descriptor, name, trash.descriptor, claimUID) == 0 else {
            throw ioError("move \(path)/\(name) to \(Self.trash)/\(claimUID)")
        }
        try sync(directory.descriptor, name)
        try sync(trash.descriptor, Self.trash)
        try sync(root.descriptor, ".")
        return true
    }

    /// Removes for good what was thrown away before `time`.
    ///
    /// - Returns: when the next one is due, counted from its own deletion
    package func sweep(before time: WallTime) throws(NodeError) -> WallTime? {
        var next: WallTime?
        let trash = "\(path)/\(Self.trash)"
        for name in try Files.names(in: trash) where name.hasSuffix(".json") {
            guard let bytes = try Files.read("\(trash)/\(name)"), let json = try? JSONParser.parse(bytes),
                let deletedAt = Object(json).annotation(ProvisionerNames.deletedAt).flatMap({ WallTime($0) })
            else { continue }
            guard deletedAt <= time else {
                next = min(next ?? deletedAt, deletedAt)
                continue
            }
            try TreeRemoval.remove("\(trash)/\(name.dropLast(5))")
            try TreeRemoval.remove("\(trash)/\(name)")
        }
        return next
    }

    /// Names of volume directories.
    package func volumes() throws(NodeError) -> [String] { try Files.names(in: path).filter { $0.hasPrefix("pvc-") } }

    private func open() throws(NodeError) -> OwnedFile {
        try Files.makeDirectories(path, mode: 0o711)
        return try OwnedFile(opening: path, O_RDONLY | O_DIRECTORY)
    }

    private func below(_ root: CInt, _ name: String) throws(NodeError) -> OwnedFile {
        let resolve = UInt64(CNODE_RESOLVE_BENEATH | CNODE_RESOLVE_NO_SYMLINKS | CNODE_RESOLVE_NO_MAGICLINKS)
        let descriptor = cnode_openat2(root, name, UInt64(O_RDONLY | O_DIRECTORY), 0, resolve)
        guard descriptor >= 0 else { throw ioError("open \(path)/\(name)") }
        return OwnedFile(descriptor)
    }

    private func sync(_ descriptor: CInt, _ name: String) throws(NodeError) {
        guard fsync(descriptor) == 0 else { throw ioError("sync \(path)/\(name)") }
    }
}
