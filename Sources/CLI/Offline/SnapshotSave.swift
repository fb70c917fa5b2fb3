import ArgumentParser
import Client
import Glibc
import Store

struct SnapshotSave: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "save", abstract: "Saves a consistent copy of the running daemon's store into a file.",
        discussion: """
            The file appears under its name when it is complete, on the disk and checked; it is as secret as the store. With \
            --data-dir the daemon must be stopped, and the store is opened as the daemon opens it: as the same user.
            """)

    @OptionGroup var connection: ConnectionOptions

    @Argument(help: "The file to make. It must not exist.")
    var file: String

    @Option(help: "Read the store in this folder, which no daemon may own.")
    var dataDir: String?

    func run() async throws {
        let target = try SnapshotFile(file)
        do {
            if let dataDir {
                try Self.saveOffline(dataDir, target)
            } else {
                try await Self.receive(connection.connect().client, target)
            }
            let summary = try target.finish()
            Console.line("saved \(file): \(SnapshotStatus.text(summary))")
        } catch {
            target.discard()
            throw error
        }
    }

    static func receive(_ client: APIClient, _ target: SnapshotFile) async throws {
        // No limit on the whole: it takes as long as the store is large.
        let request = APIRequest(.get, "/berth/v1/snapshot", headers: [("Accept", "application/octet-stream")])
        for try await piece in try await client.streamed(request) { try target.write(piece) }
    }

    private static func saveOffline(_ directory: String, _ target: SnapshotFile) throws {
        guard access(directory + "/lock", F_OK) == 0 else { throw CommandFailure("error: \(directory): no store here") }
        try checkOwner(directory)
        var options = LocalEngineOptions()
        options.log = { level, text in if level != .info { Console.error(text) } }
        let engine = try LocalEngine.open(directory: directory, options: options)
        defer { engine.close() }
        _ = try engine.backup { bytes throws(StoreError) in
            do { try target.write(Array(bytes)) } catch { throw StoreError(.io, "\(error)") }
        }
    }
}

extension SnapshotSave {
    /// Opening a store may make files in it, which the daemon could not open if they were somebody else's.
    private static func checkOwner(_ directory: String) throws {
        var status = stat()
        guard stat(directory, &status) == 0, status.st_uid != geteuid() else { return }
        let owner = getpwuid(status.st_uid).map { String(cString: $0.pointee.pw_name) } ?? "#\(status.st_uid)"
        throw CommandFailure(
            "error: \(directory) belongs to \(owner), and opening it may make files there: run this as that user "
                + "(runuser -u \(owner) -- berth snapshot save ...)")
    }
}

/// A file in the making: under another name until it is known to be good.
final class SnapshotFile {
    private let path: String
    private let unfinished: String
    private let descriptor: Int32

    init(_ path: String) throws {
        self.path = path
        unfinished = path + ".partial"
        if access(path, F_OK) == 0 {
            throw CommandFailure("error: \(path) exists already; snapshots are never overwritten")
        }
        unlink(unfinished)
        descriptor = open(unfinished, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor < 0 { throw Self.failure("make", unfinished) }
    }

    deinit { close(descriptor) }

    func write(_ bytes: [UInt8]) throws {
        if !WholeWrite.write(bytes, to: descriptor) { throw Self.failure("write", unfinished) }
    }

    /// Syncs, reads it all back, and gives it its name.
    func finish() throws -> StoreBackup.Summary {
        let summary = try verify()
        if rename(unfinished, path) != 0 { throw Self.failure("rename to", path) }
        let parent = open(
            path.contains("/") ? String(path[...(path.lastIndex(of: "/") ?? path.startIndex)]) : ".", O_RDONLY)
        if parent >= 0 {
            fsync(parent)
            close(parent)
        }
        return summary
    }

    func verify() throws -> StoreBackup.Summary {
        if fsync(descriptor) != 0 { throw Self.failure("sync", unfinished) }
        return try StoreBackup.verify(unfinished)
    }

    func discard() { unlink(unfinished) }

    private static func failure(_ verb: String, _ path: String) -> CommandFailure {
        CommandFailure("error: cannot \(verb) \(path): \(String(cString: strerror(errno)))")
    }
}
