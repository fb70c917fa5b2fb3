package import Objects

/// Directories of the volume root beside the volumes of the API. Nothing of it is ever removed by itself.
package struct VolumeReport: Sendable {
    package var volumeRoot: String
    package var directories: [String]
    package var strangers: [String]
    package var trash: [Trash.Entry]
    /// `directory` nil: the volume's path is not one that berth/local makes.
    package var volumes: [(name: String, directory: String?)]
    /// Seconds that a deleted volume is kept.
    package var grace: Double

    package init(
        volumeRoot: String, directories: [String], strangers: [String], trash: [Trash.Entry],
        volumes: [(name: String, directory: String?)], grace: Double
    ) {
        self.volumeRoot = volumeRoot
        self.directories = directories
        self.strangers = strangers
        self.trash = trash
        self.volumes = volumes
        self.grace = grace
    }

    /// Sentences, each naming what it is about.
    package var problems: [String] {
        let present = Set(directories)
        let claimed = Set(volumes.compactMap(\.directory))
        let onTheirWay = Set(trash.filter { !$0.hasDirectory }.map(\.volume.name))
        var problems = volumes.filter { volume in volume.directory.map { !present.contains($0) } ?? true }.map {
            volume in
            volume.directory == nil
                ? "volume \(volume.name) has a path that berth/local does not make: it is never deleted"
                : "volume \(volume.name) has no directory in \(volumeRoot): its data is gone, or is elsewhere"
        }
        problems += directories.filter { !claimed.contains($0) }.map { name in
            onTheirWay.contains(name)
                ? "directory \(volumeRoot)/\(name) is half out of the trash: `berth volume undelete \(name)` ends that"
                : "directory \(volumeRoot)/\(name) belongs to no volume: it is left alone; remove it by hand if nobody "
                    + "needs what is in it"
        }
        problems += strangers.map { "\(volumeRoot)/\($0) is not a volume's directory: it is left alone" }
        return problems
    }

    package var json: JSON {
        [
            "kind": "VolumeReport", "apiVersion": "berth/v1", "volumeRoot": .string(volumeRoot),
            "directories": .array(directories.map { .string($0) }),
            "deleted": .array(trash.map(entry)), "problems": .array(problems.map { .string($0) }),
        ]
    }

    private func entry(_ entry: Trash.Entry) -> JSON {
        let volume = entry.volume
        return [
            "name": .string(volume.name), "capacity": volume["spec", "capacity", "storage"] ?? "",
            "storageClassName": volume["spec", "storageClassName"] ?? "",
            "claim": .string(
                "\(volume["spec", "claimRef", "namespace"]?.string ?? "")/\(volume["spec", "claimRef", "name"]?.string ?? "")"
            ),
            "deletedAt": .string(entry.deletedAt.description),
            "removedAt": .string(entry.deletedAt.adding(grace).description),
        ]
    }
}
