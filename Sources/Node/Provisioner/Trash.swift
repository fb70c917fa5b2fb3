import CNode
import Glibc
package import Objects

/// Volumes that were thrown away: `<volume root>/.trash/<claim UID>`, the volume's object beside it as
/// `.trash/<claim UID>.json`. All calls block.
///
/// Going in: the object is written, then the directory moves. Coming out: the directory moves back, then (when the
/// volume is an object of the API again) the JSON goes. So an entry without its directory is half of one of the two
/// and says what is left to do; a directory without its JSON cannot come about.
///
/// For good: `<claim UID>` becomes `.removing-<claim UID>`, its JSON goes, then what is in it. From the first step on it
/// is no entry any more, so nobody brings back half of one.
package struct Trash: Sendable {
    package struct Entry: Sendable, Hashable {
        package var claimUID: String
        package var volume: Object
        package var deletedAt: WallTime
        /// The same as the machine's own clock has it, if it was noted.
        package var deletedInBoot: BootTime?
        /// false: it is on its way in or out.
        package var hasDirectory: Bool
    }

    static let name = ".trash"
    private static let removing = ".removing-"
    let root: VolumeRoot

    private var path: String { "\(root.path)/\(Self.name)" }

    /// Moves a volume's directory here; returns once that would survive a power cut.
    ///
    /// - Returns: false when there is no such directory, neither in the root nor here
    package func discard(_ directory: String, claimUID: String, volume: Object) throws(NodeError) -> Bool {
        let home = try root.open()
        guard mkdirat(home.descriptor, Self.name, 0o700) == 0 || errno == EEXIST else { throw ioError("make \(path)") }
        let trash = try root.below(home.descriptor, Self.name)
        try lock(trash.descriptor)
        if exists(claimUID, in: trash.descriptor) { return true }
        guard exists(directory, in: home.descriptor) else { return false }
        let moved = try root.below(home.descriptor, directory)
        // The object first: a directory in the trash always has one.
        try Files.replace(
            "\(claimUID).json", in: trash.descriptor, JSONEncoder.encode(volume.json), named: "\(path)/\(claimUID).json"
        )
        guard cnode_rename_new(home.descriptor, directory, trash.descriptor, claimUID) == 0 else {
            throw ioError("move \(root.path)/\(directory) to \(path)/\(claimUID)")
        }
        try root.sync(moved.descriptor, directory)
        try root.sync(trash.descriptor, Self.name)
        try root.sync(home.descriptor, ".")
        return true
    }

    /// Moves the directory back to its place. The entry stays, without its directory, until `forget`.
    package func restore(_ entry: Entry, to directory: String) throws(NodeError) {
        let home = try root.open()
        let trash = try root.below(home.descriptor, Self.name)
        try lock(trash.descriptor)
        guard exists(entry.claimUID, in: trash.descriptor) else {
            // It moved before a crash; what is left is to make the volume.
            guard exists(directory, in: home.descriptor) else {
                throw NodeError(
                    .notFound, "the directory of \(entry.volume.name) is neither in \(path) nor in its place")
            }
            return
        }
        guard cnode_rename_new(trash.descriptor, entry.claimUID, home.descriptor, directory) == 0 else {
            throw ioError("move \(path)/\(entry.claimUID) to \(root.path)/\(directory)")
        }
        try root.sync(home.descriptor, ".")
        try root.sync(trash.descriptor, Self.name)
    }

    package func forget(_ claimUID: String) throws(NodeError) {
        guard let trash = try open() else { return }
        try lock(trash.descriptor)
        try forget(claimUID, in: trash.descriptor)
    }

    private func forget(_ claimUID: String, in trash: CInt) throws(NodeError) {
        guard unlinkat(trash, "\(claimUID).json", 0) == 0 || errno == ENOENT else {
            throw ioError("remove \(path)/\(claimUID).json")
        }
        try root.sync(trash, Self.name)
    }

    /// By the claims' UIDs. What cannot be read is left out, and stays where it is.
    package func entries() throws(NodeError) -> [Entry] {
        guard let trash = try open() else { return [] }
        return try entries(in: trash.descriptor)
    }

    private func entries(in trash: CInt) throws(NodeError) -> [Entry] {
        var entries: [Entry] = []
        for name in try Files.names(of: trash, named: path) where name.hasSuffix(".json") {
            let uid = String(name.dropLast(5))
            let descriptor = openat(trash, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
            guard descriptor >= 0 else { continue }
            let file = OwnedFile(descriptor)
            guard NodePaths.isPlainUID(uid),
                let bytes = try? Files.read(file.descriptor, named: "\(path)/\(name)"),
                let json = try? JSONParser.parse(bytes)
            else { continue }
            let volume = Object(json)
            guard let deletedAt = volume.annotation(ProvisionerNames.deletedAt).flatMap({ WallTime($0) }) else {
                continue
            }
            entries.append(
                Entry(
                    claimUID: uid, volume: volume, deletedAt: deletedAt,
                    deletedInBoot: volume.annotation(ProvisionerNames.deletedInBoot).flatMap { BootTime($0) },
                    hasDirectory: exists(uid, in: trash)))
        }
        return entries
    }

    /// Removes for good what was thrown away before `time`. One that cannot be removed does not keep the others.
    ///
    /// - Parameter boot: the same time of this boot. What was thrown away in this boot must be older than that too: a
    ///   wall clock that is set forward must not empty the trash.
    /// - Returns: when the next one is due, counted from its own deletion
    package func sweep(before time: WallTime, boot: BootTime? = nil) throws(NodeError) -> WallTime? {
        var failure: NodeError?
        let next = try condemn(before: time, boot, &failure)
        try removeCondemned(&failure)
        if let failure { throw failure }
        return next
    }

    /// Short, under the lock: what is due is no entry any more.
    private func condemn(before time: WallTime, _ boot: BootTime?, _ failure: inout NodeError?) throws(NodeError)
        -> WallTime?
    {
        guard let trash = try open() else { return nil }
        try lock(trash.descriptor)
        var next: WallTime?
        for entry in try entries(in: trash.descriptor) {
            if let left = Self.left(entry, time, boot) {
                let counted = time.adding(left)
                next = min(next ?? counted, counted)
                continue
            }
            do { try condemn(entry, in: trash.descriptor) } catch { failure = failure ?? error }
        }
        return next
    }

    /// Seconds until an entry is due; nil: it is.
    private static func left(_ entry: Entry, _ time: WallTime, _ boot: BootTime?) -> Double? {
        var left = entry.deletedAt.seconds(since: time)
        if let boot, let own = entry.deletedInBoot, own.bootID == boot.bootID {
            left = max(left, own.seconds - boot.seconds)
        }
        return left > 0 ? left : nil
    }

    private func condemn(_ entry: Entry, in trash: CInt) throws(NodeError) {
        if entry.hasDirectory {
            var name = Self.removing + entry.claimUID
            // One of the same claim may be left of an earlier time.
            var number = 1
            while exists(name, in: trash) {
                name = "\(Self.removing)\(entry.claimUID).\(number)"
                number += 1
            }
            guard cnode_rename_new(trash, entry.claimUID, trash, name) == 0 else {
                throw ioError("move \(path)/\(entry.claimUID) to \(path)/\(name)")
            }
            try root.sync(trash, Self.name)
        }
        try forget(entry.claimUID, in: trash)
    }

    /// Without the lock: it may take long. Nobody else looks at these.
    private func removeCondemned(_ failure: inout NodeError?) throws(NodeError) {
        guard let trash = try open() else { return }
        for name in try Files.names(of: trash.descriptor, named: path) where name.hasPrefix(Self.removing) {
            if let directory = try? root.below(trash.descriptor, name) { ProjectQuota.release(directory.descriptor) }
            do {
                try TreeRemoval.remove(name, in: trash.descriptor, named: "\(path)/\(name)")
            } catch { failure = failure ?? error }
        }
    }

    /// One change at a time, by whomever: the same volume may be looked at from two sides at once. Until the descriptor
    /// is closed.
    private func lock(_ trash: CInt) throws(NodeError) {
        while flock(trash, LOCK_EX) != 0 { guard errno == EINTR else { throw ioError("lock \(path)") } }
    }

    /// nil: nothing was ever thrown away.
    private func open() throws(NodeError) -> OwnedFile? {
        let home = try root.open()
        guard exists(Self.name, in: home.descriptor) else { return nil }
        return try root.below(home.descriptor, Self.name)
    }

    private func exists(_ name: String, in directory: CInt) -> Bool {
        faccessat(directory, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0
    }
}
