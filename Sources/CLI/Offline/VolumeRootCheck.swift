import Client
import Glibc
import Objects
import Store

/// Compares the directories of a volume root with the volumes of a stopped daemon's store. Changes nothing.
struct VolumeRootCheck {
    /// The keys of all volumes.
    static let prefix = Array("/registry/persistentvolumes/".utf8)
    private static let provisioner = "berth/local"

    let root: String

    /// Beside the store, as the daemon's own defaults are.
    static func root(besideStore directory: String) -> String {
        var parts = directory.split(separator: "/", omittingEmptySubsequences: false)
        while parts.count > 1, parts.last == "" || parts.last == "." { parts.removeLast() }
        parts.removeLast()
        return (parts.isEmpty ? "." : parts == [""] ? "" : parts.joined(separator: "/")) + "/volumes"
    }

    /// What does not fit together, each in a sentence; nil: there is neither a root nor a volume that would be in it.
    func problems(_ stored: [[UInt8]]) throws -> (volumes: Int, directories: Int, problems: [String])? {
        let volumes = stored.compactMap { try? JSONParser.parse($0) }.map { Object($0) }.filter {
            $0.annotation("pv.kubernetes.io/provisioned-by") == Self.provisioner
        }.sorted { $0.name < $1.name }
        guard let names = try names(of: root) else {
            if volumes.isEmpty { return nil }
            return (volumes.count, 0, inventory(volumes, [], [], []).problems)
        }
        // What a file system has at its top by itself is no stranger, nor is the provisioner's own mark.
        let found = names.filter { ![".trash", ".berth", "lost+found"].contains($0) }.sorted()
        let directories = found.filter { VolumeInventory.isDirectoryName($0) && isDirectory($0) }
        let strangers = found.filter { !directories.contains($0) }
        let trash = Set(try self.names(of: root + "/.trash") ?? [])
        let returning = trash.filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }.filter {
            !trash.contains($0)
        }
        let problems = inventory(volumes, directories, strangers, returning.map { "pvc-\($0)" }).problems
        return (volumes.count, directories.count, problems)
    }

    private func inventory(
        _ volumes: [Object], _ directories: [String], _ strangers: [String], _ returning: [String]
    ) -> VolumeInventory {
        VolumeInventory(
            volumeRoot: root, directories: directories, strangers: strangers,
            volumes: volumes.map { (name: $0.name, directory: directory(of: $0)) }, returning: Set(returning))
    }

    private func directory(of volume: Object) -> String? {
        let path = volume["spec", "local", "path"]?.string ?? volume["spec", "hostPath", "path"]?.string ?? ""
        guard VolumeInventory.isDirectoryName(volume.name), path.hasSuffix("/" + volume.name) else { return nil }
        let parent = String(path.dropLast(volume.name.utf8.count + 1))
        return parent == root || isSame(parent, root) ? volume.name : nil
    }

    /// One directory under two names.
    private func isSame(_ left: String, _ right: String) -> Bool {
        var (one, other) = (stat(), stat())
        return stat(left, &one) == 0 && stat(right, &other) == 0 && one.st_dev == other.st_dev
            && one.st_ino == other.st_ino
    }

    private func isDirectory(_ name: String) -> Bool {
        var status = stat()
        return lstat("\(root)/\(name)", &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// nil: there is no such directory.
    private func names(of path: String) throws(StoreError) -> [String]? {
        do { return try PosixStorage().names(in: path) } catch {
            if error.cause == ENOENT { return nil }
            throw error
        }
    }
}
