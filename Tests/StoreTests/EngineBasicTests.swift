import Store
import Testing

@Suite struct EngineBasicTests {
    @Test func writesAreReadBackAndSurviveAReopen() async throws {
        let directory = TemporaryDirectory()
        var engine = try LocalEngine.open(directory: directory.path + "/store", options: .testing())
        #expect(engine.currentRevision == 1)
        #expect(try await engine.put("/a", "1") == 2)
        #expect(try await engine.put("/b", "2") == 3)
        #expect(try await engine.put("/a", "3") == 4)
        #expect(try await engine.delete("/b") == 5)
        for _ in 0..<3 {
            #expect(engine.currentRevision == 5)
            #expect(try engine.get("/a") == "3")
            #expect(try engine.get("/a", at: 3) == "1")
            #expect(try engine.get("/b", at: 4) == "2")
            #expect(try engine.get("/b") == nil)
            #expect(try engine.list("/", at: 3) == ["/a=1", "/b=2"])
            #expect(try engine.list("/") == ["/a=3"])
            engine.close()
            engine = try LocalEngine.open(directory: directory.path + "/store", options: .testing())
        }
        engine.close()
    }

    @Test func aSecondOwnerIsRefused() throws {
        let directory = TemporaryDirectory()
        let engine = try LocalEngine.open(directory: directory.path + "/store", options: .testing())
        defer { engine.close() }
        let error = #expect(throws: StoreError.self) {
            try LocalEngine.open(directory: directory.path + "/store", options: .testing())
        }
        #expect(error?.code == .locked)
    }

    @Test func aCrashLosesNothingThatWasAcknowledged() async throws {
        let directory = TemporaryDirectory()
        let engine = try LocalEngine.open(directory: directory.path + "/store", options: .testing())
        for index in 0..<50 { try await engine.put("/k\(index % 7)", "\(index)") }
        copyTree(directory.path + "/store", to: directory.path + "/copy")
        engine.close()
        let copy = try LocalEngine.open(directory: directory.path + "/copy", options: .testing())
        defer { copy.close() }
        #expect(copy.currentRevision == 51)
        #expect(try copy.get("/k0") == "49")
        #expect(try copy.list("/").count == 7)
    }
}
