import Glibc
import Testing

@testable import Store

/// What a check hands out of a stopped store is what its next start shows, wherever it stands.
@Suite struct StoreCheckRowsTests {
    private final class Bytes { var bytes: [UInt8] = [] }
    private let directory = TemporaryDirectory()
    /// Of the checkpoint's revision.
    private let snapshot = Bytes()

    /// Some rows in the checkpoint only, some changed or deleted since, some in the log only.
    private func crashed() async throws -> String {
        let engine = try LocalEngine.open(directory: directory.path + "/store", options: .testing())
        defer { engine.close() }
        for (key, value) in [("/a/kept", "1"), ("/a/changed", "1"), ("/a/gone", "1"), ("/b/other", "1"), ("/a", "1")] {
            try await engine.put(key, value)
        }
        try engine.flush()
        _ = try engine.backup { piece throws(StoreError) in snapshot.bytes += Array(piece) }
        try await engine.put("/a/changed", "2")
        try await engine.delete("/a/gone")
        try await engine.put("/a/new", "2")
        try await engine.put("/a/short", "2")
        try await engine.delete("/a/short")
        copyTree(directory.path + "/store", to: directory.path + "/crashed")
        return directory.path + "/crashed"
    }

    private func rows(_ path: String) throws -> [String: String] {
        let report = try StoreCheck.run(directory: path, rowsUnder: [UInt8]("/a/"))
        #expect(report.damage.isEmpty, "\(report.damage)")
        return Dictionary(
            uniqueKeysWithValues: report.rows.map {
                (String(decoding: $0.key, as: UTF8.self), String(decoding: $0.value, as: UTF8.self))
            })
    }

    @Test func rowsAreTheNewestOfCheckpointAndLog() async throws {
        let path = try await crashed()
        #expect(try rows(path) == ["/a/kept": "1", "/a/changed": "2", "/a/new": "2"])
        #expect(try StoreCheck.run(directory: path).rows.isEmpty)
        let engine = try LocalEngine.open(directory: path, options: .testing())
        #expect(try engine.list("/a/") == ["/a/changed=2", "/a/kept=1", "/a/new=2"])
        engine.close()
        #expect(try rows(path) == ["/a/kept": "1", "/a/changed": "2", "/a/new": "2"])
    }

    /// The checkpoint is lost: the next start builds the store from a snapshot and the log.
    @Test func rowsAreFoundWithoutCheckpoint() async throws {
        let path = try await crashed()
        for name in names(in: path + "/lmdb") { unlink(path + "/lmdb/" + name) }
        writeFile(path + "/snapshots/0000000000000006.snap", snapshot.bytes)
        #expect(try rows(path) == ["/a/kept": "1", "/a/changed": "2", "/a/new": "2"])
        let engine = try LocalEngine.open(directory: path, options: .testing())
        defer { engine.close() }
        #expect(try engine.list("/a/") == ["/a/changed=2", "/a/kept=1", "/a/new=2"])
    }
}
