import Client
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

    package var problems: [String] {
        VolumeInventory(
            volumeRoot: volumeRoot, directories: directories, strangers: strangers, volumes: volumes,
            returning: Set(trash.filter { !$0.hasDirectory }.map(\.volume.name))
        ).problems
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
