import ArgumentParser
import Client
import Objects

struct VolumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "volume", abstract: "Volumes: which there are, deleted ones, free ones again.",
        subcommands: [VolumeList.self, VolumeUndelete.self, VolumeRelease.self, VolumeCheck.self])

    static let path = "/berth/v1/volumes"

    static func print(_ rows: [[String]]) {
        var table = TextTable()
        Console.out(table.text(rows))
    }
}

struct VolumeList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "All volumes, or those in the trash.")

    @Flag(help: "Volumes of berth/local that were deleted and are kept for a while.")
    var deleted = false

    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
        let client = connection.connect().client
        if deleted { try await listDeleted(client) } else { try await listPresent(client) }
    }

    private func listPresent(_ client: APIClient) async throws {
        let volumes = try await client.list(.persistentVolumes).items
        guard !volumes.isEmpty else { return Console.error("No resources found") }
        VolumeCommand.print(
            [["NAME", "CAPACITY", "RECLAIM POLICY", "STATUS", "CLAIM", "STORAGECLASS", "PLACE"]] + volumes.map(Self.row)
        )
    }

    static func row(_ volume: Object) -> [String] {
        let owner = volume["spec", "claimRef"].map {
            "\($0["namespace"]?.string ?? "")/\($0["name"]?.string ?? "")"
        }
        let place = volume.text("spec", "local", "path") ?? volume.text("spec", "hostPath", "path")
        return [
            volume.name, volume.text("spec", "capacity", "storage") ?? "",
            volume.text("spec", "persistentVolumeReclaimPolicy") ?? "", volume.text("status", "phase") ?? "",
            owner ?? "", volume.text("spec", "storageClassName") ?? "", place ?? "",
        ]
    }

    private func listDeleted(_ client: APIClient) async throws {
        let entries = try await client.json(.get, VolumeCommand.path)["deleted"]?.array ?? []
        guard !entries.isEmpty else { return Console.error("No deleted volumes") }
        VolumeCommand.print(
            [["NAME", "CAPACITY", "STORAGECLASS", "CLAIM", "DELETED", "REMOVED AFTER"]]
                + entries.map { entry in
                    ["name", "capacity", "storageClassName", "claim", "deletedAt", "removedAt"].map {
                        entry[$0]?.string ?? ""
                    }
                })
    }
}

struct VolumeUndelete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "undelete", abstract: "Take volumes out of the trash: Available again, with their data.",
        discussion: "A volume that comes back has the reclaim policy Retain.")

    @Argument(help: "Names, as `berth volume list --deleted` shows them.")
    var names: [String]

    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
        let client = connection.connect().client
        var failures = Failures()
        for name in names {
            try await failures.collect {
                _ = try await client.json(
                    .post, VolumeCommand.path + "/undelete", query: [("volume", name)])
                Console.line("persistentvolume/\(name) undeleted")
            }
        }
        try failures.finish()
    }
}

struct VolumeCheck: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Directories without a volume, and volumes without a directory.",
        discussion: "Only looks; nothing is ever removed. Exit code 1 if there is something to see to.")

    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
        let report = try await connection.connect().client.json(.get, VolumeCommand.path)
        let problems = (report["problems"]?.array ?? []).compactMap(\.string)
        for problem in problems { Console.line(problem) }
        let count = report["directories"]?.array?.count ?? 0
        guard problems.isEmpty else { throw CommandFailure("") }
        Console.line(
            "\(count) director\(count == 1 ? "y" : "ies") in \(report["volumeRoot"]?.string ?? ""): all in order")
    }
}
