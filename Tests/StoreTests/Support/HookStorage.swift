import Synchronization

@testable import Store

/// Real files whose syncs and commits a test can follow and hold up, under a clock that it moves.
final class HookStorage: WrappedStorage {
    struct Hooks: Sendable {
        /// Before and after the sync of a segment of the log, with the bytes of the write before it.
        var beforeSync: @Sendable (_ bytes: Int) -> Void = { _ in }
        var afterSync: @Sendable (_ bytes: Int) -> Void = { _ in }
        /// Before a commit of the checkpoint.
        var beforeCommit: @Sendable () -> Void = {}
    }

    let real = PosixStorage()
    private let hooks = Monitor(Hooks())
    private let offset = Atomic<Int64>(0)
    private let reads = Atomic<Int>(0)

    func change(_ body: (inout Hooks) -> Void) { hooks.withLock { body(&$0) } }
    fileprivate var present: Hooks { hooks.withLock { $0 } }

    /// Time passes.
    func advance(seconds: Int64) { offset.wrappingAdd(seconds * 1_000_000_000, ordering: .relaxed) }
    /// How far the clock is from the real one.
    func setClock(offsetSeconds: Int64) { offset.store(offsetSeconds * 1_000_000_000, ordering: .relaxed) }
    /// How often somebody asked what time it is.
    var clockReads: Int { reads.load(ordering: .relaxed) }

    func open(_ path: String, creating: Bool) throws(StoreError) -> any StorageFile {
        let file = try real.open(path, creating: creating)
        return path.hasSuffix(".wal") ? HookFile(file, self) : file
    }
    func willCommit() throws(StoreError) { present.beforeCommit() }
    var monotonicNanoseconds: Int64 {
        reads.wrappingAdd(1, ordering: .relaxed)
        return real.monotonicNanoseconds + offset.load(ordering: .relaxed)
    }
}

private final class HookFile: WrappedFile {
    let real: any StorageFile
    private let storage: HookStorage
    private let lastWrite = Atomic<Int>(0)

    init(_ real: any StorageFile, _ storage: HookStorage) {
        self.real = real
        self.storage = storage
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(StoreError) {
        lastWrite.store(bytes.count, ordering: .relaxed)
        try real.write(bytes, at: offset)
    }
    func syncData() throws(StoreError) {
        let bytes = lastWrite.load(ordering: .relaxed)
        storage.present.beforeSync(bytes)
        try real.syncData()
        storage.present.afterSync(bytes)
    }
}

/// Holds threads up while it is shut.
final class TestGate: Sendable {
    private struct State {
        var isShut = false
        var waiting = 0
    }

    private let state = Monitor(State())

    func shut() { state.broadcast { $0.isShut = true } }
    func open() { state.broadcast { $0.isShut = false } }

    func pass() {
        state.broadcast { $0.waiting += 1 }
        state.wait { $0.isShut ? nil : () }
        state.broadcast { $0.waiting -= 1 }
    }

    /// Returns when a thread is held up. False: none came within a minute.
    func hasSomebody() -> Bool {
        let deadline = PosixStorage().monotonicNanoseconds + 60_000_000_000
        return state.wait(until: deadline) { $0.isShut && $0.waiting > 0 ? () : nil } != nil
    }
}

/// Asks again and again until something holds. False: not within the time.
func holds(within seconds: Int, _ condition: () async throws -> Bool) async throws -> Bool {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while try await !condition() {
        if ContinuousClock.now > deadline { return false }
        try await Task.sleep(for: .milliseconds(20))
    }
    return true
}
