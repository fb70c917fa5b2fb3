import ArgumentParser
import Client
import Glibc
import Objects
import Store

struct FsckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fsck",
        abstract:
            "Reads the whole store, and says whether it is sound and fits the volumes' directories. Changes nothing.",
        discussion: """
            Offline, on the folder of a stopped daemon: every page and record of the checkpoint, every snapshot, every \
            batch of the log; then the directories of the volume root beside the volumes in the store. With --online, the \
            running daemon reads its store out and all of that is checked, and berth-node is asked about directories. Exit \
            codes: 0 sound, 1 it could not be checked, 3 damaged, 4 sound, but volumes and directories do not fit together.
            """)

    @OptionGroup var connection: ConnectionOptions

    @Option(help: "The store's folder.")
    var dataDir = "/var/lib/berth/store"

    @Option(help: "The folder of provisioned volumes. (default: volumes, beside the store)")
    var volumeRoot: String?

    @Flag(help: "Ask the running daemon instead; TMPDIR (else /var/tmp) needs room for a copy meanwhile.")
    var online = false

    func run() async throws {
        if online { return try await checkOnline() }
        let report: StoreCheck.Report
        do throws(StoreError) {
            report = try StoreCheck.run(directory: dataDir, rowsUnder: VolumeRootCheck.prefix)
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
        let problems = checkVolumes(Array(report.rows.values))
        Console.line("\(dataDir): sound")
        try Self.conclude(problems)
    }

    private func checkVolumes(_ stored: [[UInt8]]) -> [String] {
        let root = volumeRoot ?? VolumeRootCheck.root(besideStore: dataDir)
        do {
            guard let found = try VolumeRootCheck(root: root).problems(stored) else { return [] }
            Console.line("volumes: \(found.volumes) of berth/local, \(found.directories) directories in \(root)")
            return found.problems
        } catch {
            Console.error("volumes: their directories could not be looked at: \(error)")
            return []
        }
    }

    private func checkOnline() async throws {
        let client = connection.connect().client
        let folder = Console.environment("TMPDIR") ?? "/var/tmp"
        let file = try SnapshotFile("\(folder)/berth-fsck-\(getpid())")
        defer { file.discard() }
        try await SnapshotSave.receive(client, file)
        do {
            Console.line("sound: \(SnapshotStatus.text(try file.verify()))")
        } catch let error as StoreError {
            throw CommandFailure("damaged: what the daemon sent: \(error.message)", exitCode: 3)
        }
        do {
            let report = try await client.json(.get, VolumeCommand.path)
            try Self.conclude((report["problems"]?.array ?? []).compactMap(\.string))
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            // The store is what was asked about; a machine need not have volumes.
            Console.error("volumes: their directories were not looked at: \(error)")
        }
    }

    private static func conclude(_ problems: [String]) throws {
        for problem in problems { Console.line("volumes: \(problem)") }
        guard problems.isEmpty else { throw CommandFailure("", exitCode: 4) }
    }
}
