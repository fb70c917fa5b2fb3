/// Finds the watchers of a key without asking all of them: single keys by hash, ranges by a search in an array that is
/// sorted by start and knows the greatest end of each stretch. 10,000 watchers on disjoint keys cost a write nothing, and
/// those of one range are found together.
struct WatcherIndex {
    private var byRange: [KeyRange: WatcherGroup] = [:]
    private var ranges = RangeIndex()
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    mutating func add(_ watcher: Watcher) {
        count += 1
        let range = watcher.request.range
        if let group = byRange[range] { return group.add(watcher) }
        let group = WatcherGroup(range)
        group.add(watcher)
        byRange[range] = group
        if case .key = range {} else { ranges.add(group) }
    }

    mutating func remove(_ watcher: Watcher) {
        let range = watcher.request.range
        guard let group = byRange[range] else { return }
        count -= 1
        group.remove(watcher)
        if !group.watchers.isEmpty { return }
        byRange[range] = nil
        if case .key = range {} else { ranges.remove(group) }
    }

    func groups(watching key: [UInt8]) -> [WatcherGroup] {
        var found: [WatcherGroup] = []
        if let group = byRange[.key(key)] { found.append(group) }
        ranges.forEach(containing: key) { found.append($0) }
        return found
    }
}

/// The watchers of one range.
final class WatcherGroup {
    let range: KeyRange
    private(set) var watchers: [Watcher] = []

    init(_ range: KeyRange) { self.range = range }

    func add(_ watcher: Watcher) {
        watcher.place = watchers.count
        watchers.append(watcher)
    }

    func remove(_ watcher: Watcher) {
        guard let last = watchers.popLast(), last !== watcher else { return }
        last.place = watcher.place
        watchers[watcher.place] = last
    }
}

/// Intervals under stabbing queries. Added ones wait in a short list until it is worth sorting them in.
private struct RangeIndex {
    private struct Entry {
        var start: [UInt8]
        /// nil: no end.
        var end: [UInt8]?
        var group: WatcherGroup
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

    mutating func add(_ group: WatcherGroup) {
        let bounds = ScanBounds(group.range)
        added.append(Entry(start: bounds.start, end: bounds.end, group: group))
        if added.count > 16 + sorted.count / 16 { rebuild() }
    }

    mutating func remove(_ group: WatcherGroup) {
        if let index = added.firstIndex(where: { $0.group === group }) {
            added.remove(at: index)
            return
        }
        removed.insert(ObjectIdentifier(group))
        if removed.count > 16 + sorted.count / 4 { rebuild() }
    }

    func forEach(containing key: [UInt8], _ body: (WatcherGroup) -> Void) {
        for entry in added where entry.group.range.contains(key) { body(entry.group) }
        if !sorted.isEmpty { visit(1, 0, leaves, key, body) }
    }

    private func visit(_ node: Int, _ low: Int, _ high: Int, _ key: [UInt8], _ body: (WatcherGroup) -> Void) {
        guard low < sorted.count, greatestEnds[node].isBehind(key),
            !key.lexicographicallyPrecedes(sorted[low].start)
        else { return }
        if high - low == 1 {
            let group = sorted[low].group
            if removed.isEmpty || !removed.contains(ObjectIdentifier(group)) { body(group) }
            return
        }
        let middle = (low + high) / 2
        visit(2 * node, low, middle, key, body)
        visit(2 * node + 1, middle, high, key, body)
    }

    private mutating func rebuild() {
        sorted = sorted.filter { !removed.contains(ObjectIdentifier($0.group)) } + added
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
