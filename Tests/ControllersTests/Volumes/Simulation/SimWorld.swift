import Objects

@testable import Controllers

/// A binder on a store, driven step by step by a seed: users act, observations arrive late and by kind in their own
/// time, writes are made and their outcomes learnt in any order, and the daemon crashes between any two steps.
struct SimWorld: ~Copyable {
    private var random: SeededRandom
    private(set) var store = SimStore()
    private var core = BinderCore()
    /// How much of the log has been observed, by kind.
    private var seen: [String: Int] = [:]
    private var started: [BindTask] = []
    private var executed: [(task: BindTask, outcome: BindOutcome)] = []
    private var resting: [BindTask] = []
    private(set) var failure: String?
    private(set) var commits = 0
    private(set) var conflicts = 0
    private(set) var branches: [String: Int] = [:]
    private(set) var history = SimHistory()
    private let isOrderly: Bool

    private static let kinds = ["PersistentVolume", "PersistentVolumeClaim", "StorageClass", "Pod", "Node"]

    /// `isOrderly`: people leave bindings alone, and in return the rules of `SimHistory` hold at every revision.
    init(seed: UInt64, isOrderly: Bool = false) {
        self.isOrderly = isOrderly
        random = SeededRandom(seed)
        store.create(Make.node("n1"))
    }

    mutating func step() {
        switch Int.random(in: 0..<1000, using: &random) {
        case 0..<3: crash()
        case 3..<8: settle()
        case 8..<120 where isOrderly: SimUsers.actOrderly(&store, &random)
        case 8..<120: SimUsers.act(&store, &random)
        case 120..<500: deliver(Self.kinds.randomElement(using: &random) ?? "")
        case 500..<700: start()
        case 700..<830: execute()
        case 830..<960: finish()
        default: retry()
        }
        if store.log.count > 400 { trim() }
        lookAtHistory()
    }

    private mutating func lookAtHistory() {
        guard isOrderly, failure == nil else { return }
        failure = history.violation(in: store)
    }

    /// All volumes, claims and classes, one a line.
    var description: String {
        Self.kinds.flatMap { store.all($0) }
            .map { String(decoding: JSONEncoder.encode($0.json), as: UTF8.self) }
            .joined(separator: "\n")
    }

    // MARK: Steps

    private mutating func deliver(_ kind: String) {
        var position = seen[kind] ?? 0
        while position < store.log.count, store.log[position].kind != kind { position += 1 }
        guard position < store.log.count else {
            seen[kind] = position
            return
        }
        core.observe(store.log[position].observation)
        seen[kind] = position + 1
    }

    private mutating func start() {
        guard started.count < 4, let task = core.nextTask() else { return }
        branches[task.decision.branch, default: 0] += 1
        started.append(task)
    }

    /// The write reaches the store. Its outcome is not known yet.
    private mutating func execute() {
        guard !started.isEmpty else { return }
        let task = started.remove(at: Int.random(in: 0..<started.count, using: &random))
        executed.append((task, outcome(of: task)))
    }

    private mutating func outcome(of task: BindTask) -> BindOutcome {
        let decision = task.decision
        if let violation = violation(of: decision) { return .stale([violation]) }
        if decision.writes.isEmpty { return .done([]) }
        if Int.random(in: 0..<50, using: &random) == 0 { return .failed }
        let before = decision.writes.map { store.object($0.object.kind, $0.object.name) }
        guard let written = store.commit(decision) else {
            conflicts += 1
            return .stale(current(decision))
        }
        commits += 1
        lookAtHistory()
        if let problem = SimInvariants.violation(of: decision, before: before, store: store) {
            failure = "branch \(decision.branch): \(problem)"
        }
        return .done(written)
    }

    private mutating func finish() {
        guard !executed.isEmpty else { return }
        let (task, outcome) = executed.remove(at: Int.random(in: 0..<executed.count, using: &random))
        if core.finish(task, outcome) != nil { resting.append(task) }
    }

    private mutating func retry() {
        guard !resting.isEmpty else { return }
        core.retry(resting.remove(at: Int.random(in: 0..<resting.count, using: &random)))
    }

    /// The process is gone with all it knew; a write under way may have been made or not. The next one lists.
    private mutating func crash() {
        while !started.isEmpty, Bool.random(using: &random) { execute() }
        core = BinderCore()
        started = []
        executed = []
        resting = []
        for kind in Self.kinds {
            for object in store.all(kind) { core.observe(SimStore.observation(object, isGone: false)) }
        }
        store.trimLog(store.log.count)
        seen = [:]
    }

    /// Everybody else holds still until the binder has nothing left to do; then the rules must hold.
    mutating func settle() {
        for _ in 0..<3000 {
            for kind in Self.kinds { while (seen[kind] ?? 0) < store.log.count { deliver(kind) } }
            trim()
            while !resting.isEmpty { retry() }
            while let task = core.nextTask() { started.append(task) }
            if started.isEmpty, executed.isEmpty, resting.isEmpty { break }
            while !started.isEmpty { execute() }
            while !executed.isEmpty { finish() }
            // A claim whose turn ends in a failure that only people can mend never settles.
            resting.removeAll { task in
                guard task.decision.failure != nil else { return false }
                core.retry(task)
                return true
            }
            if isStuckOnPeople { return }
        }
        if let problem = SimInvariants.unsettled(store), failure == nil { failure = "settled: \(problem)" }
        if !core.isIdle, failure == nil { failure = "never settles" }
    }

    /// Somebody took bind-completed from a claim (2-6).
    private var isStuckOnPeople: Bool {
        store.all("PersistentVolumeClaim").map(PersistentVolumeClaim.init).contains {
            !$0.isBindCompleted && !$0.volumeName.isEmpty && $0.isBoundByController
        }
    }

    private mutating func trim() {
        let least = Self.kinds.map { seen[$0] ?? 0 }.min() ?? 0
        guard least > 0 else { return }
        store.trimLog(least)
        for kind in Self.kinds { seen[kind] = (seen[kind] ?? 0) - least }
    }

    // MARK: The store as the binder asks it

    private func violation(of decision: BindDecision) -> BinderObservation? {
        for premise in decision.premises {
            switch premise {
            case .noVolume(let name):
                if let volume = store.object("PersistentVolume", name) { return .volume(volume) }
            case .noClass(let name):
                if let storageClass = store.object("StorageClass", name) { return .storageClass(storageClass) }
            case .noClaim(let key, let uid):
                if let claim = store.object("PersistentVolumeClaim", key.name), claim.uid == uid {
                    return .claim(claim)
                }
            }
        }
        return nil
    }

    private func current(_ decision: BindDecision) -> [BinderObservation] {
        (decision.writes + decision.guards).map { write in
            let object = store.object(write.object.kind, write.object.name)
            return SimStore.observation(object ?? write.object, isGone: object == nil)
        }
    }
}
