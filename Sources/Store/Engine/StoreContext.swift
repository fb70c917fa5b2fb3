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
        // Before anything that takes time: until they see this, others go on acknowledging.
        poisoned.store(true, ordering: .releasing)
        LastWords.say { [suspect, options] in
            if error.code == .corrupt { suspect.set() }
            options.log(.error, "the store stops: \(error)")
        }
        options.onFatal(error)
    }
}

/// What is worth doing before the process ends, but may hang: a disk that does not answer, a pipe behind standard error
/// that nobody reads.
enum LastWords {
    /// Runs `body` on a thread of its own and waits for it, though not for long.
    static func say(_ body: @escaping @Sendable () -> Void) {
        let isSaid = Monitor(false)
        let thread = try? StoreThread(name: "berth-last") {
            body()
            isSaid.broadcast { $0 = true }
        }
        guard let thread else { return body() }
        // The real clock, which the monitor waits by, whatever storage there is.
        let deadline = PosixStorage().monotonicNanoseconds + StoreLimits.lastWordsNanoseconds
        if isSaid.wait(until: deadline, { $0 ? () : nil }) != nil { thread.join() }
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
        /// Steps of the removal. One that has begun and not ended works with the pins that there were when it began.
        var begunSteps = 0
        var endedSteps = 0

        mutating func add(_ pin: Pin) -> Int {
            next += 1
            pins[next] = pin
            return next
        }
    }
    private let state = Monitor(State())

    /// A step of the removal that is under way may still go past it: who reads on looks at `removedRevision`.
    func add(_ revision: Int64, now: Int64) -> Int {
        state.withLock { $0.add(Pin(revision: revision, deadline: now + StoreLimits.pinNanoseconds)) }
    }

    /// Puts a pin at another revision, with a new deadline; a new pin if `pin` is nil. Returns its number.
    func move(_ pin: Int?, to revision: Int64, now: Int64) -> Int {
        let moved = Pin(revision: revision, deadline: now + StoreLimits.pinNanoseconds)
        return state.withLock { state in
            guard let pin else { return state.add(moved) }
            state.pins[pin] = moved
            return pin
        }
    }

    /// Holds back the removal of anything, without a time limit, for a snapshot. Waits for the end of a step that is
    /// under way, which takes one commit; so not for the thread that makes these steps.
    func hold() -> Int {
        // First the pin, so that not one step follows the other while this waits.
        let (pin, begun) = state.withLock { state in
            (state.add(Pin(revision: 0, deadline: .max)), state.begunSteps)
        }
        state.wait { $0.endedSteps >= begun ? () : nil }
        return pin
    }

    func remove(_ pin: Int) { state.withLock { _ = $0.pins.removeValue(forKey: pin) } }

    /// False once the pin is too old to be relied on.
    func holds(_ pin: Int, now: Int64) -> Bool {
        state.withLock { ($0.pins[pin]?.deadline ?? 0) > now }
    }

    /// Begins a step of the removal and returns the lowest revision that is pinned. `endRemoval` must follow.
    func beginRemoval(now: Int64) -> Int64? {
        state.withLock { state in
            state.begunSteps += 1
            state.pins = state.pins.filter { $0.value.deadline > now }
            return state.pins.values.map(\.revision).min()
        }
    }

    func endRemoval() { state.broadcast { $0.endedSteps += 1 } }

    var isStepUnderWay: Bool { state.withLock { $0.begunSteps > $0.endedSteps } }
}
