/// Directories of a volume root beside the volumes of berth/local that should be there: what does not fit together.
package struct VolumeInventory: Sendable {
    package var volumeRoot: String
    package var directories: [String]
    package var strangers: [String]
    /// `directory` nil: the volume's path is not one that berth/local makes.
    package var volumes: [(name: String, directory: String?)]
    /// Volumes whose directory has left the trash, and who are not volumes of the API again.
    package var returning: Set<String>

    package init(
        volumeRoot: String, directories: [String], strangers: [String],
        volumes: [(name: String, directory: String?)], returning: Set<String>
    ) {
        self.volumeRoot = volumeRoot
        self.directories = directories
        self.strangers = strangers
        self.volumes = volumes
        self.returning = returning
    }

    /// Sentences, each naming what it is about.
    package var problems: [String] {
        let present = Set(directories)
        let claimed = Set(volumes.compactMap(\.directory))
        var problems = volumes.filter { volume in volume.directory.map { !present.contains($0) } ?? true }.map {
            volume in
            volume.directory == nil
                ? "volume \(volume.name) has a path that berth/local does not make: it is never deleted"
                : "volume \(volume.name) has no directory in \(volumeRoot): its data is gone, or is elsewhere"
        }
        problems += directories.filter { !claimed.contains($0) }.map { name in
            returning.contains(name)
                ? "directory \(volumeRoot)/\(name) is half out of the trash: `berth volume undelete \(name)` ends that"
                : "directory \(volumeRoot)/\(name) belongs to no volume: it is left alone; remove it by hand if nobody "
                    + "needs what is in it"
        }
        problems += strangers.map { "\(volumeRoot)/\($0) is not a volume's directory: it is left alone" }
        return problems
    }

    /// Whether what stands in a volume root is one of its directories.
    package static func isDirectoryName(_ name: String) -> Bool {
        name.hasPrefix("pvc-") && isPlainUID(String(name.dropFirst(4)))
    }

    /// A UID from the API becomes a directory's name: only what a UID may look like is accepted.
    package static func isPlainUID(_ uid: String) -> Bool {
        !uid.isEmpty && uid.utf8.count <= 64
            && uid.utf8.allSatisfy {
                (48...57).contains($0) || (97...122).contains($0) || (65...90).contains($0) || $0 == 45
            }
    }
}
