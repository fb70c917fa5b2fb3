import Store
import Testing

@Suite struct BackupTests {
    private func backup(_ engine: LocalEngine, to path: String) throws -> StoreBackup.Summary {
        var bytes: [UInt8] = []
        let summary = try engine.backup { piece throws(StoreError) in bytes += Array(piece) }
        writeFile(path, bytes)
        return summary
    }

    private func filled(_ directory: TemporaryDirectory) async throws -> LocalEngine {
        let engine = try LocalEngine.open(directory: directory.path + "/store", options: .testing())
        _ = await withCheckedContinuation { done in
            engine.grantLease(id: 77, ttlSeconds: 3_600) { done.resume(returning: $0) }
        }
        for index in 0..<120 {
            try await engine.put("/k\(index % 20)", "value \(index)", lease: index % 5 == 0 ? 77 : 0)
        }
        try await engine.delete("/k3")
        _ = await withCheckedContinuation { done in engine.compact(to: 40) { done.resume(returning: $0) } }
        return engine
    }

    @Test func aRestoredStoreIsTheSameAtEveryRevision() async throws {
        let directory = TemporaryDirectory()
        let engine = try await filled(directory)
        defer { engine.close() }
        let path = directory.path + "/backup"
        let summary = try backup(engine, to: path)
        #expect(summary.revision == engine.currentRevision)
        #expect(try StoreBackup.verify(path) == summary)
        _ = try StoreBackup.restore(path, into: directory.path + "/restored", options: .testing())
        let restored = try LocalEngine.open(directory: directory.path + "/restored", options: .testing())
        defer { restored.close() }
        #expect(restored.currentRevision == engine.currentRevision)
        #expect(restored.compactRevision == 40)
        for revision in 40...engine.currentRevision {
            let request = RangeRequest(.from([]), revision: revision)
            #expect(try restored.range(request) == engine.range(request))
        }
        #expect(try restored.lease(id: 77, withKeys: true).keys == engine.lease(id: 77, withKeys: true).keys)
        #expect(try await restored.put("/new", "1") == engine.currentRevision + 1)
    }

    @Test func aBumpedRestoreNeverShowsOldRevisions() async throws {
        let directory = TemporaryDirectory()
        let engine = try await filled(directory)
        defer { engine.close() }
        _ = try backup(engine, to: directory.path + "/backup")
        _ = try StoreBackup.restore(
            directory.path + "/backup", into: directory.path + "/restored", revisionBump: 1_000, options: .testing())
        let restored = try LocalEngine.open(directory: directory.path + "/restored", options: .testing())
        defer { restored.close() }
        #expect(restored.currentRevision == engine.currentRevision + 1_000)
        #expect(try restored.list("/") == engine.list("/"))
        let error = #expect(throws: StoreError.self) { try restored.list("/", at: 100) }
        #expect(error?.code == .compacted)
        #expect(try await restored.put("/k1", "x") == engine.currentRevision + 1_001)
    }

    @Test func aDirectoryInUseIsRefused() async throws {
        let directory = TemporaryDirectory()
        let engine = try await filled(directory)
        defer { engine.close() }
        _ = try backup(engine, to: directory.path + "/backup")
        let error = #expect(throws: StoreError.self) {
            try StoreBackup.restore(directory.path + "/backup", into: directory.path + "/store", options: .testing())
        }
        #expect(error?.code == .unusableDirectory)
    }

    @Test func everyDamagedByteAndEveryTruncationIsFound() async throws {
        let directory = TemporaryDirectory()
        let engine = try await filled(directory)
        defer { engine.close() }
        let path = directory.path + "/backup"
        _ = try backup(engine, to: path)
        let image = readFile(path)
        for index in image.indices where index % 13 == 0 || TestForm.isLong {
            var damaged = image
            damaged[index] ^= 1 << (index % 8)
            writeFile(path, damaged)
            #expect(throws: StoreError.self, "byte \(index)") { try StoreBackup.verify(path) }
            if index % 3 != 0 { continue }
            writeFile(path, Array(image[..<index]))
            #expect(throws: StoreError.self, "cut at \(index)") { try StoreBackup.verify(path) }
        }
        writeFile(path, image + [0])
        #expect(throws: StoreError.self) { try StoreBackup.verify(path) }
    }
}
