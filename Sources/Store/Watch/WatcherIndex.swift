/// Finds the watchers of a key without asking all of them: single keys by hash, ranges by a search in an array that is
/// sorted by start and knows the greatest end of each stretch. 10,000 watchers on disjoint keys cost a write nothing.
struct WatcherIndex {
    private var byKey: [[UInt8]: [Watcher]] = [:]
    private var ranges = RangeIndex()
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    mutating func add(_ watcher: Watcher) {
        count += 1
        if case .key(let key) = watcher.request.range {
            byKey[key, default: []].append(watcher)
        } else {
            ranges.add(watcher)
        }
    }

    mutating func remove(_ watcher: Watcher) {
        count -= 1
        guard case .key(let key) = watcher.request.range else { return ranges.remove(watcher) }
        byKey[key]?.removeAll { $0 === watcher }
        if byKey[key]?.isEmpty ?? false { byKey[key] = nil }
    }

    func forEach(watching key: [UInt8], _ body: (Watcher) -> Void) {
        if !byKey.isEmpty, let watchers = byKey[key] { watchers.forEach(body) }
        ranges.forEach(containing: key, body)
    }
}

/// Intervals under stabbing queries. Added ones wait in a short list until it is worth sorting them in.
private struct RangeIndex {
    private struct Entry {
        var start: [UInt8]
        /// nil: no end.
        var end: [UInt8]?
        var watcher: Watcher
    }

    /// Sorted by start. `greatestEnds` is a segment tree over it: node 1 covers all, node n has children 2n and 2n+1.
    private var sorted: [Entry] = []
    private var greatestEnds: [End] = []
    private var leaves = 0
    private var added: [Entry] = []
    private var removed = Set<ObjectIdentifier>()

    private enum End {
        case none
        case at([UInt8])
        case infinite

        func isBehind(_ key: [UInt8]) -> Bool {
            switch self {
            case .none: false
            case .at(let end): key.lexicographicallyPrecedes(end)
            case .infinite: true
            }
        }

        static func greater(_ a: End, _ b: End) -> End {
            switch (a, b) {
            case (.infinite, _), (_, .infinite): .infinite
            case (.none, let other), (let other, .none): other
            case (.at(let x), .at(let y)): x.lexicographicallyPrecedes(y) ? b : a
            }
        }
    }

    mutating func add(_ watcher: Watcher) {
        let bounds = ScanBounds(watcher.request.range)
        added.append(Entry(start: bounds.start, end: bounds.end, watcher: watcher))
        if added.count > 16 + sorted.count / 16 { rebuild() }
    }

    mutating func remove(_ watcher: Watcher) {
        if let index = added.firstIndex(where: { $0.watcher === watcher }) {
            added.remove(at: index)
            return
        }
        removed.insert(ObjectIdentifier(watcher))
        if removed.count > 16 + sorted.count / 4 { rebuild() }
    }

    func forEach(containing key: [UInt8], _ body: (Watcher) -> Void) {
        for entry in added where entry.watcher.request.range.contains(key) { body(entry.watcher) }
        if !sorted.isEmpty { visit(1, 0, leaves, key, body) }
    }

    private func visit(_ node: Int, _ low: Int, _ high: Int, _ key: [UInt8], _ body: (Watcher) -> Void) {
        guard low < sorted.count, greatestEnds[node].isBehind(key),
            !key.lexicographicallyPrecedes(sorted[low].start)
        else { return }
        if high - low == 1 {
            let watcher = sorted[low].watcher
            if removed.isEmpty || !removed.contains(ObjectIdentifier(watcher)) { body(watcher) }
            return
        }
        let middle = (low + high) / 2
        visit(2 * node, low, middle, key, body)
        visit(2 * node + 1, middle, high, key, body)
    }

    private mutating func rebuild() {
        sorted = sorted.filter { !removed.contains(ObjectIdentifier($0.watcher)) } + added
        sorted.sort { $0.start.lexicographicallyPrecedes($1.start) }
        added = []
        removed = []
        leaves = 1
        while leaves < sorted.count { leaves *= 2 }
        greatestEnds = Array(repeating: .none, count: 2 * leaves)
        for (index, entry) in sorted.enumerated() {
            greatestEnds[leaves + index] = entry.end.map { .at($0) } ?? .infinite
        }
        for node in stride(from: leaves - 1, through: 1, by: -1) {
            greatestEnds[node] = End.greater(greatestEnds[2 * node], greatestEnds[2 * node + 1])
        }
    }
}
