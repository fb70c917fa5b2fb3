import ArgumentParser

/// `berth snapshot`: copies of the whole store.
struct SnapshotCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "snapshot", abstract: "Saves, checks and restores copies of the whole store.",
        discussion: """
            berth snapshot save before-upgrade.snap       out of the running daemon, while it works
            berth snapshot status before-upgrade.snap     checks every byte, and says what is in it
            berth snapshot restore before-upgrade.snap --data-dir /var/lib/berth/store
            """,
        subcommands: [SnapshotSave.self, SnapshotStatus.self, SnapshotRestore.self])
}
