import ArgumentParser
import Client
import Glibc
import Store

struct FsckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fsck", abstract: "Reads the whole store, and says whether it is sound. Changes nothing.",
        discussion: """
            Offline, on the folder of a stopped daemon: every page and record of the checkpoint, every snapshot, every \
            batch of the log. With --online, the running daemon reads its store out and all of that is checked. Exit \
            codes: 0 sound, 1 it could not be checked, 3 damaged.
            """)

    @OptionGroup var connection: ConnectionOptions

    @Option(help: "The store's folder.")
    var dataDir = "/var/lib/berth/store"

    @Flag(help: "Ask the running daemon instead; TMPDIR (else /var/tmp) needs room for a copy meanwhile.")
    var online = false

    func run() async throws {
        if online { return try await checkOnline() }
        let report: StoreCheck.Report
        do throws(StoreError) {
            report = try StoreCheck.run(directory: dataDir)
        } catch {
            let hint = error.code == .locked ? "; stop berthd, or check it with --online" : ""
            throw CommandFailure("error: \(error.message)\(hint)")
        }
        for line in report.lines { Console.line(line) }
        for damage in report.damage { Console.error("damaged: \(damage)") }
        guard report.damage.isEmpty else {
            throw CommandFailure(
                "\(dataDir): \(report.damage.count) damaged; a start with --verify full rebuilds what can be rebuilt",
                exitCode: 3)
        }
        Console.line("\(dataDir): sound")
    }

    private func checkOnline() async throws {
        let folder = Console.environment("TMPDIR") ?? "/var/tmp"
        let file = try SnapshotFile("\(folder)/berth-fsck-\(getpid())")
        defer { file.discard() }
        try await SnapshotSave.receive(connection.connect().client, file)
        do {
            Console.line("sound: \(SnapshotStatus.text(try file.verify()))")
        } catch let error as StoreError {
            throw CommandFailure("damaged: what the daemon sent: \(error.message)", exitCode: 3)
        }
    }
}
