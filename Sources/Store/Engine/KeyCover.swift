/// Single keys and intervals of keys, to be asked whether a key is in one of them.
struct KeyCover {
    private var keys: Set<[UInt8]> = []
    /// Each in order and without overlap, and more than twice as long as the one behind it: there are few, and adding one
    /// interval after the other moves each a few times only.
    private var runs: [[Interval]] = []

    struct Interval {
        var start: [UInt8]
        /// The first key behind it; nil: it has no end.
        var end: [UInt8]?
    }

    init() {}

    init(_ ranges: [KeyRange]) {
        var intervals: [Interval] = []
        for range in ranges {
            switch range {
            case .key(let key): keys.insert(key)
            case .from(let start): intervals.append(Interval(start: start))
            case .interval(let start, let end):
                if Self.isBefore(start, end) { intervals.append(Interval(start: start, end: end)) }
            }
        }
        add(Self.merged(intervals.sorted { Self.isBefore($0.start, $1.start) }, []))
    }

    func contains(_ key: [UInt8]) -> Bool { keys.contains(key) || isInInterval(key) }

    func anyCovered(of others: Set<[UInt8]>) -> [UInt8]? {
        if let key = keys.anyShared(with: others) { return key }
        return runs.isEmpty ? nil : others.first(where: isInInterval)
    }

    /// Leaves the smaller parts of both in `other`.
    mutating func take(_ other: inout KeyCover) {
        if other.keys.count > keys.count { swap(&keys, &other.keys) }
        keys.formUnion(other.keys)
        if other.runs.first?.count ?? 0 > runs.first?.count ?? 0 { swap(&runs, &other.runs) }
        for run in other.runs { add(run) }
    }

    private mutating func add(_ run: [Interval]) {
        if run.isEmpty { return }
        var run = run
        while let last = runs.last, last.count <= 2 * run.count {
            runs.removeLast()
            run = Self.merged(last, run)
        }
        runs.append(run)
    }

    private func isInInterval(_ key: [UInt8]) -> Bool { runs.contains { Self.contains(key, $0) } }

    private static func contains(_ key: [UInt8], _ run: [Interval]) -> Bool {
        var low = 0
        var high = run.count
        while low < high {
            let middle = (low + high) / 2
            if isBefore(key, run[middle].start) { high = middle } else { low = middle + 1 }
        }
        if low == 0 { return false }
        return run[low - 1].end.map { isBefore(key, $0) } ?? true
    }

    /// - Parameters a, b: each sorted by its starts.
    private static func merged(_ a: [Interval], _ b: [Interval]) -> [Interval] {
        var result: [Interval] = []
        result.reserveCapacity(a.count + b.count)
        var (left, right) = (0, 0)
        while left < a.count || right < b.count {
            if right == b.count || (left < a.count && isBefore(a[left].start, b[right].start)) {
                append(a[left], to: &result)
                left += 1
            } else {
                append(b[right], to: &result)
                right += 1
            }
        }
        return result
    }

    /// One that overlaps the last one, or touches it, makes that longer.
    private static func append(_ next: Interval, to result: inout [Interval]) {
        guard let last = result.last, last.end.map({ !isBefore($0, next.start) }) ?? true else {
            return result.append(next)
        }
        guard let end = last.end, let other = next.end else {
            result[result.count - 1].end = nil
            return
        }
        if isBefore(end, other) { result[result.count - 1].end = other }
    }

    private static func isBefore(_ a: [UInt8], _ b: [UInt8]) -> Bool { compareBytes(a, b) < 0 }
}

extension Set {
    /// Looks at the elements of the smaller set only.
    func anyShared(with other: Set) -> Element? {
        count < other.count ? first(where: { other.contains($0) }) : other.first(where: { contains($0) })
    }
}
