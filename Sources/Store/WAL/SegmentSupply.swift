/// Makes the next log segment ahead of time on a thread of its own: zero-filled and synced before it gets its name, so
/// that a write into it changes no metadata and an unwritten sector reads as zero.
final class SegmentSupply: Sendable {
    private struct State {
        var wanted: UInt64?
        var ready: (number: UInt64, file: any StorageFile)?
        var failure: StoreError?
        var isClosed = false
    }

    private let storage: any Storage
    private let directory: StoreDirectory
    private let segmentBytes: Int
    private let state = Monitor(State())
    private let fail: @Sendable (StoreError) -> Void
    /// Told that the disk is full; true if it is worth trying again.
    private let onFull: @Sendable () -> Bool

    init(
        storage: any Storage, directory: StoreDirectory, segmentBytes: Int,
        fail: @escaping @Sendable (StoreError) -> Void, onFull: @escaping @Sendable () -> Bool
    ) {
        self.storage = storage
        self.directory = directory
        self.segmentBytes = segmentBytes
        self.fail = fail
        self.onFull = onFull
    }

    /// The body of the supply's thread.
    func run() {
        while true {
            let number: UInt64? =
                state.wait { state in
                    if state.isClosed { return .some(nil) }
                    return state.wanted.map { .some($0) }
                } ?? nil
            guard let number else { return }
            do {
                let file = try makeWithReserve(number)
                state.broadcast { state in
                    state.ready = (number, file)
                    state.wanted = nil
                }
            } catch {
                if error.code != .noSpace { fail(error) }
                state.broadcast { state in
                    state.failure = error
                    state.wanted = nil
                }
            }
        }
    }

    func close() { state.broadcast { $0.isClosed = true } }

    /// Takes over a segment that an earlier life has made.
    func adopt(_ number: UInt64, _ file: any StorageFile) { state.broadcast { $0.ready = (number, file) } }

    /// Asks for a segment unless it is there or being made. Asked before every batch: the thread that makes segments is
    /// the only one that waits then, and is not woken for nothing.
    func want(_ number: UInt64) {
        state.signal(where: { $0.wanted == number }) { state in
            if state.ready?.number == number || state.wanted == number { return }
            state.failure = nil
            state.wanted = number
        }
    }

    func isReady(_ number: UInt64) -> Bool { state.withLock { $0.ready?.number == number } }

    /// Waits until the segment exists. `noSpace` if the disk is full: nothing is lost by that.
    func ensure(_ number: UInt64) throws(StoreError) {
        want(number)
        let failure: StoreError? =
            state.wait { state in
                if state.ready?.number == number { return .some(nil) }
                if let failure = state.failure { return .some(failure) }
                return state.isClosed ? .some(StoreError(.unavailable, "the store is closed")) : nil
            } ?? nil
        if let failure { throw failure }
    }

    /// A segment that `ensure` has promised.
    func take(_ number: UInt64) throws(StoreError) -> any StorageFile {
        try ensure(number)
        return try state.withLock { state throws(StoreError) in
            guard let ready = state.ready, ready.number == number else {
                throw StoreError(.io, "log segment \(number) is not there")
            }
            state.ready = nil
            return ready.file
        }
    }

    private func makeWithReserve(_ number: UInt64) throws(StoreError) -> any StorageFile {
        do { return try make(number) } catch {
            guard error.code == .noSpace, onFull() else { throw error }
            return try make(number)
        }
    }

    func make(_ number: UInt64) throws(StoreError) -> any StorageFile {
        try Self.make(
            number, bytes: number == 1 ? min(segmentBytes, StoreLimits.firstSegmentBytes) : segmentBytes, directory,
            storage)
    }

    static func make(
        _ number: UInt64, bytes: Int, _ directory: StoreDirectory, _ storage: any Storage
    ) throws(StoreError) -> any StorageFile {
        let unfinished = directory.unfinishedSegment
        try storage.remove(unfinished)
        // Asked first, so that each attempt on a full disk costs a question and not megabytes of zeros.
        if try storage.freeBytes(directory.log) < Int64(bytes) { throw SpaceKeeper.diskIsShort(directory.log) }
        do {
            let file = try storage.open(unfinished, creating: true)
            file.writePastCache()
            let zeros = FileImage(count: min(bytes, 1_048_576))
            defer { keepAlive(zeros) }
            zeros.memory.initializeMemory(as: UInt8.self, repeating: 0)
            for offset in stride(from: 0, to: bytes, by: zeros.count) {
                try file.write(zeros.bytes.slice(0, min(zeros.count, bytes - offset)), at: offset)
            }
            try file.syncData()
        } catch {
            // A full disk is not the end: give back what was taken.
            if error.code == .noSpace { try storage.remove(unfinished) }
            throw error
        }
        try storage.rename(unfinished, to: directory.segment(number))
        try storage.syncDirectory(directory.log)
        return try storage.open(directory.segment(number), creating: false)
    }
}
