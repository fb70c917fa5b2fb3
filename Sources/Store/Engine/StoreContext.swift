internal import Synchronization

/// What the parts of one open store share.
final class StoreContext: Sendable {
    let directory: StoreDirectory
    let options: LocalEngineOptions
    let identity: StoreIdentity
    let published: Monitor<Published>
    let pins = RevisionPins()
    let space: SpaceKeeper
    private let opened: Monitor<Database?>
    private let suspect: SuspectMark
    private let poison = Monitor<StoreError?>(nil)
    private let poisoned = Atomic<Bool>(false)

    init(
        directory: StoreDirectory, options: LocalEngineOptions, database: Database, identity: StoreIdentity,
        suspect: SuspectMark, published: Published, space: SpaceKeeper
    ) {
        self.space = space
        self.directory = directory
        self.options = options
        opened = Monitor(database)
        self.identity = identity
        self.suspect = suspect
        self.published = Monitor(published)
    }

    /// Throws `unavailable` once the store is closed.
    var database: Database {
        get throws(StoreError) {
            guard let database = opened.withLock({ $0 }) else {
                throw StoreError(.unavailable, "the store is closed")
            }
            return database
        }
    }

    /// LMDB and the directory's lock are given up when the last view has ended.
    func release() { opened.withLock { $0 = nil } }

    var storage: any Storage { options.storage }
    func log(_ level: LocalEngineOptions.LogLevel, _ message: String) { options.log(level, message) }

    /// nil while the store is healthy.
    var failure: StoreError? {
        if !poisoned.load(ordering: .acquiring) { return nil }
        return poison.withLock { $0 }
    }

    /// After this nothing is written or acknowledged any more. The first call tells `onFatal`, which by default ends
    /// the process: a failed sync may have thrown pages away that the cache still shows (reliability.md, rule 12).
    func fail(_ error: StoreError) {
        let isFirst = poison.withLock { present in
            defer { present = present ?? error }
            return present == nil
        }
        if !isFirst { return }
        if error.code == .corrupt { suspect.set() }
        poisoned.store(true, ordering: .releasing)
        log(.error, "the store stops: \(error)")
        options.onFatal(error)
    }
}

/// Revisions that somebody is still reading in several steps: history from the lowest one on stays.
final class RevisionPins: Sendable {
    private struct Pin {
        var revision: Int64
        var deadline: Int64
    }
    private struct State {
        var next = 0
        var pins: [Int: Pin] = [:]
    }
    private let state = Monitor(State())

    func add(_ revision: Int64, now: Int64) -> Int {
        state.withLock { state in
            state.next += 1
            state.pins[state.next] = Pin(revision: revision, deadline: now + StoreLimits.pinNanoseconds)
            return state.next
        }
    }

    /// Holds back the removal of anything, without a time limit, for a snapshot.
    func hold() -> Int {
        state.withLock { state in
            state.next += 1
            state.pins[state.next] = Pin(revision: 0, deadline: .max)
            return state.next
        }
    }

    func remove(_ pin: Int) { state.withLock { _ = $0.pins.removeValue(forKey: pin) } }

    /// False once the pin is too old to be relied on.
    func holds(_ pin: Int, now: Int64) -> Bool {
        state.withLock { ($0.pins[pin]?.deadline ?? 0) > now }
    }

    func lowest(now: Int64) -> Int64? {
        state.withLock { state in
            state.pins = state.pins.filter { $0.value.deadline > now }
            return state.pins.values.map(\.revision).min()
        }
    }
}
