internal import LMDB

/// Bounds of a scan in bytes: from `start`, up to but not including `end`; no end means to the last key.
struct ScanBounds {
    var start: [UInt8]
    var end: [UInt8]?

    init(_ range: KeyRange) {
        switch range {
        case .key(let key): (start, end) = (key, key + [0])
        case .interval(let first, let behind): (start, end) = (first, behind)
        case .from(let first): (start, end) = (first, nil)
        }
    }

    func isBefore(_ key: UnsafeRawBufferPointer, end: UnsafeRawBufferPointer) -> Bool {
        self.end == nil || compareBytes(key, end) < 0
    }
}

enum ScanEnd {
    case finished
    /// The body wanted no more.
    case stopped
    /// The view has become old; go on behind this key with a new one.
    case paused(after: [UInt8])
}

extension ReadView {
    /// Calls `body` with the record of each key in order, as of `revision`; deleted keys are left out. At most
    /// `rows` keys are looked at.
    func scan(
        _ bounds: ScanBounds, at revision: Int64, verifying: Bool, rows: Int,
        _ body: (RecordView) throws(StoreError) -> Bool
    ) throws(StoreError) -> ScanEnd {
        try snapshot.withCursor(database.latest) { cursor throws(StoreError) in
            try bounds.start.withRawBytes { start throws(StoreError) in
                try (bounds.end ?? []).withRawBytes { end throws(StoreError) in
                    var merge = try ScanMerge(view: self, cursor: cursor, start: start)
                    return try merge.run(
                        bounds, end, at: revision, verifying: verifying, rows: rows, self, cursor, body)
                }
            }
        }
    }
}

/// Merges the checkpoint's cursor with the tail's memtables: the smallest key of all heads is next, and the newest
/// generation that has a record of it wins.
private struct ScanMerge {
    private var heads: [KeyNode?]
    private var entry: Cursor.Entry?

    init(view: borrowing ReadView, cursor: borrowing Cursor, start: UnsafeRawBufferPointer) throws(StoreError) {
        heads = view.published.generations.map { $0.memtable.seek(start) }
        do { entry = try cursor.seek(start) } catch { throw StoreError(error, view.database.path) }
    }

    mutating func run(
        _ bounds: ScanBounds, _ end: UnsafeRawBufferPointer, at revision: Int64, verifying: Bool, rows: Int,
        _ view: borrowing ReadView, _ cursor: borrowing Cursor, _ body: (RecordView) throws(StoreError) -> Bool
    ) throws(StoreError) -> ScanEnd {
        var looked = 0
        while let key = smallestKey, bounds.isBefore(key, end: end) {
            if looked >= rows, let last = previousKey { return .paused(after: last) }
            looked += 1
            if let record = try record(key, at: revision, verifying, view), !record.isTombstone {
                if try !body(record) { return .stopped }
            }
            if looked == rows { previousKey = Array(key) }
            try advance(past: key, view, cursor)
        }
        return .finished
    }

    private var previousKey: [UInt8]?

    private var smallestKey: UnsafeRawBufferPointer? {
        var smallest = entry?.key
        for head in heads {
            guard let key = head?.key else { continue }
            if let present = smallest, compareBytes(present, key) <= 0 { continue }
            smallest = key
        }
        return smallest
    }

    private func record(
        _ key: UnsafeRawBufferPointer, at revision: Int64, _ verifying: Bool, _ view: borrowing ReadView
    ) throws(StoreError) -> RecordView? {
        for head in heads {
            guard let head, compareBytes(head.key, key) == 0 else { continue }
            if let version = head.version(at: revision) { return version.record }
        }
        guard let entry, compareBytes(entry.key, key) == 0 else { return nil }
        return try view.resolve(entry.key, entry.value, at: revision, verifying: verifying)
    }

    private mutating func advance(
        past key: UnsafeRawBufferPointer, _ view: borrowing ReadView, _ cursor: borrowing Cursor
    ) throws(StoreError) {
        let isInCheckpoint = entry.map { compareBytes($0.key, key) == 0 } ?? false
        for index in heads.indices {
            if let head = heads[index], compareBytes(head.key, key) == 0 { heads[index] = head.next(level: 0) }
        }
        if isInCheckpoint {
            do { entry = try cursor.next() } catch { throw StoreError(error, view.database.path) }
        }
    }
}
