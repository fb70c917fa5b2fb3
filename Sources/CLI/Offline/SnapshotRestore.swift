import ArgumentParser
import Glibc
import Store

struct SnapshotRestore: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Makes a store out of a snapshot, in an empty folder.",
        discussion: """
            The new store has an identity of its own: clients see another cluster. If clients have seen newer revisions than \
            the snapshot has, --revision-bump keeps them from taking old objects for new ones. As root, the files get the \
            folder's owner.
            """)

    @Argument(help: "The snapshot.")
    var file: String

    @Option(help: "The folder, empty or to be made.")
    var dataDir: String

    @Option(help: "The revision starts that much higher, and everything before counts as compacted.")
    var revisionBump: Int64 = 0

    func validate() throws {
        if revisionBump < 0 { throw ValidationError("--revision-bump cannot be negative: revisions never go back") }
    }

    func run() throws {
        let summary = try StoreBackup.restore(file, into: dataDir, revisionBump: revisionBump)
        try Self.passOn(dataDir)
        Console.line("restored into \(dataDir): revision \(summary.revision), \(summary.records) records")
    }

    /// The daemon is not root; whoever restores often is.
    private static func passOn(_ directory: String) throws {
        guard geteuid() == 0 else { return }
        var status = stat()
        guard stat(directory, &status) == 0 else { return }
        if status.st_uid == 0 {
            let path = directory.last == "/" ? String(directory.dropLast()) : directory
            guard stat(path + "/..", &status) == 0 else { return }
        }
        try passOn(directory, status.st_uid, status.st_gid)
    }

    private static func passOn(_ path: String, _ uid: uid_t, _ gid: gid_t) throws {
        if lchown(path, uid, gid) != 0 {
            throw CommandFailure("error: cannot give \(path) to user \(uid): \(String(cString: strerror(errno)))")
        }
        guard let handle = opendir(path) else { return }
        defer { closedir(handle) }
        while let entry = readdir(handle) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { try passOn(path + "/" + name, uid, gid) }
        }
    }
}
