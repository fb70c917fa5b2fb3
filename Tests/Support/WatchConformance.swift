package import Store

/// Something that has the store's watches: the engine itself, or an API on top of it.
package protocol WatchSubject: Sendable {
    /// Runs the operations in one transaction and returns the revision.
    func transact(_ operations: [Operation]) async throws -> Int64
    func watch(_ range: KeyRange, from revision: Int64) async throws -> any WatchProbe
}

/// One watch of a subject.
package protocol WatchProbe: Sendable {
    /// Asks for a `bookmark`.
    func requestProgress() async
    /// The next thing that the watch says; nil after its end.
    func next() async -> WatchReport?
}

package enum WatchReport: Sendable {
    /// What came in one piece.
    case events([WatchedEvent])
    /// There will be no event up to this revision that has not come.
    case bookmark(Int64)
}

package struct WatchedEvent: Sendable, Hashable, CustomStringConvertible {
    package var revision: Int64
    package var key: [UInt8]
    package var isPut: Bool

    package init(revision: Int64, key: [UInt8], isPut: Bool) {
        self.revision = revision
        self.key = key
        self.isPut = isPut
    }

    package var description: String { "\(revision):\(String(decoding: key, as: UTF8.self))\(isPut ? "" : "-")" }
}

/// etcd's guarantees of a watch (https://etcd.io/docs/v3.6/learning/api_guarantees/#watch-apis): ordered, unique,
/// reliable, atomic, resumable, bookmarkable. Random transactions with several keys each are watched by watches that
/// begin before, among and behind them; what each one says is held against what was written.
package struct WatchConformance: Sendable {
    private let subject: any WatchSubject
    private let seed: UInt64
    private let transactions: Int

    private static let ranges: [KeyRange] = [
        .prefix(Array("w/".utf8)), .key(Array("w/3".utf8)), .from([]),
        .interval(start: Array("w/2".utf8), end: Array("w/5".utf8)),
    ]

    package init(_ subject: any WatchSubject, seed: UInt64, transactions: Int = 300) {
        self.subject = subject
        self.seed = seed
        self.transactions = transactions
    }

    /// What was violated, in words; empty: nothing.
    package func violations() async throws -> [String] {
        var dice = Dice(state: seed)
        var history = History()
        let first = try await subject.transact([.put(Put(key: Array("start".utf8), value: []))])
        var watches: [(range: KeyRange, from: Int64, probe: any WatchProbe)] = []
        func watch(_ range: KeyRange, from revision: Int64) async throws {
            watches.append((range, revision, try await subject.watch(range, from: revision)))
        }
        for range in Self.ranges { try await watch(range, from: first + 1) }
        for number in 0..<transactions {
            let operations = history.randomTransaction(&dice)
            history.record(operations, revision: try await subject.transact(operations))
            // Resumable: from any revision that there has been.
            if number % 25 == 7 {
                try await watch(dice.pick(Self.ranges), from: first + 1 + Int64(dice.below(number + 1)))
            }
            if number % 10 == 3 { await dice.pick(watches).probe.requestProgress() }
        }
        let last = try await subject.transact([.put(Put(key: Array("stop".utf8), value: []))])
        history.record([.put(Put(key: Array("stop".utf8), value: []))], revision: last)
        for range in Self.ranges { try await watch(range, from: dice.pick(history.events).revision) }

        var found: [String] = []
        for (number, watch) in watches.enumerated() {
            let name = "seed \(seed), watch \(number) of \(watch.range) from \(watch.from)"
            let expected = history.events.filter { $0.revision >= watch.from && watch.range.contains($0.key) }
            found += await check(watch.probe, expected, through: last).map { "\(name): \($0)" }
        }
        return found
    }

    private func check(_ probe: any WatchProbe, _ expected: [WatchedEvent], through last: Int64) async -> [String] {
        var found: [String] = []
        var seen: [WatchedEvent] = []
        var bookmark: Int64 = 0
        await probe.requestProgress()
        while bookmark < last {
            guard let report = await probe.next() else {
                found.append("it ended")
                break
            }
            switch report {
            case .bookmark(let revision):
                bookmark = max(bookmark, revision)
                let missing = expected.filter { $0.revision <= revision }.count - seen.count
                if missing > 0 { found.append("not bookmarkable: \(missing) events are missing at \(revision)") }
                if revision < last { await probe.requestProgress() }
            case .events(let events):
                found += check(events, seen, bookmark, expected)
                seen += events
            }
        }
        if Set(seen).count != seen.count { found.append("not unique: an event came twice") }
        if seen.map(\.revision) != seen.map(\.revision).sorted() { found.append("not ordered") }
        if Set(seen) != Set(expected) {
            let missing = Set(expected).subtracting(seen).sorted { $0.revision < $1.revision }
            let surplus = Set(seen).subtracting(expected)
            found.append("not reliable: missing \(missing.prefix(5)), too much \(surplus.prefix(5))")
        }
        return found
    }

    private func check(
        _ events: [WatchedEvent], _ before: [WatchedEvent], _ bookmark: Int64, _ expected: [WatchedEvent]
    ) -> [String] {
        var found: [String] = []
        for revision in Set(events.map(\.revision)) {
            if revision <= bookmark { found.append("an event of \(revision) came behind the bookmark \(bookmark)") }
            let here = events.filter { $0.revision == revision }.count
            let all = expected.filter { $0.revision == revision }.count
            if here != all {
                found.append("not atomic: \(here) of \(all) events of revision \(revision) came together")
            }
        }
        return found
    }
}

/// What was written, as watches should tell it.
private struct History {
    private(set) var events: [WatchedEvent] = []
    private var present: Set<[UInt8]> = []

    /// Different keys, at least one of them written for certain.
    func randomTransaction(_ dice: inout Dice) -> [Operation] {
        var keys: Set<[UInt8]> = []
        for _ in 0...dice.below(4) { keys.insert(Array("\(dice.below(4) == 0 ? "x" : "w")/\(dice.below(8))".utf8)) }
        let sorted = keys.sorted { $0.lexicographicallyPrecedes($1) }
        return sorted.enumerated().map { index, key in
            index > 0 && dice.below(3) == 0 ? .delete(Delete(.key(key))) : .put(Put(key: key, value: [1]))
        }
    }

    mutating func record(_ operations: [Operation], revision: Int64) {
        for operation in operations {
            switch operation {
            case .put(let put):
                present.insert(put.key)
                events.append(WatchedEvent(revision: revision, key: put.key, isPut: true))
            case .delete(let delete):
                guard case .key(let key) = delete.range, present.remove(key) != nil else { continue }
                events.append(WatchedEvent(revision: revision, key: key, isPut: false))
            case .range, .transaction: continue
            }
        }
    }
}

/// SplitMix64, so that a run can be repeated.
private struct Dice {
    var state: UInt64

    mutating func below(_ count: Int) -> Int {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return Int((mixed ^ (mixed >> 31)) % UInt64(count))
    }

    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }
}
