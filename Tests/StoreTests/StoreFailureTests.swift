import Glibc
import Testing

@testable import Store

/// How a store ends, and what must not be taken for an end.
@Suite struct StoreFailureTests {
    private let directory = TemporaryDirectory()
    private var store: String { directory.path + "/store" }

    /// Nobody reads standard error, say.
    @Test func aLogThatHangsDoesNotKeepAFailedStoreGoing() throws {
        let isOpen = Monitor(false)
        let fatal = FatalCounter()
        var options = LocalEngineOptions.testing(onFatal: { _ in fatal.add() })
        options.log = { level, _ in
            if level == .error { isOpen.wait { $0 ? () : nil } }
        }
        let engine = try LocalEngine.open(directory: store, options: options)
        defer { engine.close() }
        defer { isOpen.broadcast { $0 = true } }
        let failing = try BlockingCall { engine.context.fail(StoreError(.corrupt, "injected")) }
        try failing.value(within: 60)
        #expect(fatal.value == 1)
        #expect(engine.context.failure?.message == "injected")
        let error = #expect(throws: StoreError.self) { try engine.write(.puts(0..<1, "/k", valueBytes: 1)) }
        #expect(error?.code == .unavailable)
    }

    /// Its file must not be used again; that a full disk is waited out is for what is asked before the commit.
    @Test func aCommitThatMeetsAFullDiskIsNotTriedAgain() throws {
        let storage = GatedStorage()
        let fatal = Monitor<[StoreError]>([])
        var options = LocalEngineOptions.testing(onFatal: { error in fatal.withLock { $0.append(error) } })
        options.storage = storage
        let engine = try LocalEngine.open(directory: store, options: options)
        defer { engine.close() }
        try engine.write(.puts(0..<1, "/k", valueBytes: 1))
        storage.failCommits(StoreError(.noSpace, "injected", cause: ENOSPC))
        #expect(throws: StoreError.self) { try engine.flush() }
        #expect(fatal.withLock { $0.map(\.code) } == [.io])
        #expect(fatal.withLock { $0.map(\.cause) } == [ENOSPC])
    }

    @Test func theEntryOfTheDirectoryItselfIsSyncedOnce() throws {
        let storage = GatedStorage()
        var options = LocalEngineOptions.testing()
        options.storage = storage
        try LocalEngine.open(directory: store, options: options).close()
        #expect(storage.synced.first == store + "/..")
        try LocalEngine.open(directory: store, options: options).close()
        #expect(storage.synced.filter { $0 == store + "/.." }.count == 1)
    }
}
