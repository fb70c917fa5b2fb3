import ArgumentParser
import Store

struct SnapshotStatus: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Checks every byte of a snapshot, and says what is in it.")

    @Argument(help: "The snapshot.")
    var file: String

    func run() throws { Console.line(Self.text(try StoreBackup.verify(file))) }

    static func text(_ summary: StoreBackup.Summary) -> String {
        "revision \(summary.revision), compacted to \(summary.compactRevision), \(summary.records) records of "
            + "\(summary.bytes) bytes, SHA-256 and all checksums hold"
    }
}
