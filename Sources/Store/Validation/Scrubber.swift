internal import LMDB

/// How far the background scrub is. Counts are of the present pass, or of the last one while none runs.
package struct ScrubStatus: Sendable, Hashable {
    package var records: Int64 = 0
    /// Key and value bytes.
    package var bytes: Int64 = 0
    /// Whole passes since the store was opened.
    package var passes: Int64 = 0
    /// When the last of them ended: nanoseconds since 1970, 0 for never.
    package var finishedNanoseconds: Int64 = 0
}

/// Reads everything once a day and compares it with its checksums, so that damage to what nobody reads is found while
/// snapshots and log can still repair it. It writes nothing, never holds a view for long, and sleeps two thousand times
/// as long as it works.
final class Scrubber: Sendable {
    private struct Work {
        var status = ScrubStatus()
        var isClosed = false
        var isAskedFor = false
    }

    /// Where a pass goes on.
    private enum Place {
        case latest(after: [UInt8])
        case history(from: Revision)
    }

    private let context: StoreContext
    private let work = Monitor(Work())

    init(context: StoreContext) { self.context = context }

    var status: ScrubStatus { work.withLock { $0.status } }

    func close() { work.broadcast { $0.isClosed = true } }

    /// A whole pass at once, whenever the last one was. Returns when it has ended.
    func runNow() {
        let passes = work.broadcast { work in
            work.isAskedFor = true
            return work.status.passes
        }
        work.wait { $0.isClosed || $0.status.passes > passes ? () : nil }
    }

    /// The body of the scrub's thread.
    func run() {
        var next = context.storage.monotonicNanoseconds + StoreLimits.scrubDelayNanoseconds
        while sleep(until: next) {
            next = context.storage.monotonicNanoseconds + StoreLimits.scrubNanoseconds
            guard context.failure == nil, pass() else { return close() }
            let now = context.storage.wallNanoseconds
            work.broadcast { work in
                work.status.passes += 1
                work.status.finishedNanoseconds = now
                work.isAskedFor = false
            }
        }
    }

    /// False once the store is being closed.
    private func sleep(until deadline: Int64) -> Bool {
        let isClosed: Bool? = work.wait(until: deadline) { work in
            work.isClosed ? true : work.isAskedFor ? false : nil
        }
        return !(isClosed ?? false)
    }

    /// False if it was not finished.
    private func pass() -> Bool {
        work.withLock { work in (work.status.records, work.status.bytes) = (0, 0) }
        var place: Place? = .latest(after: [])
        while let present = place {
            let started = context.storage.monotonicNanoseconds
            do throws(StoreError) {
                place = try step(present)
            } catch {
                // Closed meanwhile, or damage: then everybody must know.
                if error.code != .unavailable { context.fail(error) }
                return false
            }
            let now = context.storage.monotonicNanoseconds
            let pause = min(max(2_000 * (now - started), 1_000_000_000), 60_000_000_000)
            if place != nil, !sleep(until: now + pause) { return false }
        }
        return true
    }

    /// Reads some records in one view. nil: that was the last one.
    private func step(_ place: Place) throws(StoreError) -> Place? {
        let database = try context.database
        let snapshot: ReadTransaction
        do { snapshot = try ReadTransaction(database.environment) } catch { throw StoreError(error, database.path) }
        var (records, bytes) = (Int64(0), Int64(0))
        defer {
            work.withLock { work in
                work.status.records += records
                work.status.bytes += bytes
            }
        }
        switch place {
        case .latest(let after):
            let last = try walk(database, database.latest, snapshot, from: after + [0]) {
                key, value throws(StoreError) in
                let record = try LatestEntry.decode(key: key, value)
                try verify(record) { LatestEntry.damaged(key, "at revision \(record.header.revision.main) \($0)") }
                records += 1
                bytes += Int64(record.key.count + record.value.count)
            }
            return if let last { .latest(after: last) } else { .history(from: .none) }
        case .history(let from):
            let start = from.withKey { Array($0) }
            let last = try walk(database, database.history, snapshot, from: start) { key, value throws(StoreError) in
                let entry = try HistoryEntry.decode(Revision(key: key), value)
                records += 1
                bytes += Int64(entry.record.key.count + entry.record.value.count)
                if !entry.hasValue { return }
                try verify(entry.record) { HistoryEntry.damaged(entry.record.header.revision, $0) }
            }
            guard let last else { return nil }
            let reached = last.withRawBytes { Revision(key: $0) }
            return .history(from: Revision(main: reached.main, sub: reached.sub + 1))
        }
    }

    private func verify(_ record: RecordView, _ damaged: (String) -> StoreError) throws(StoreError) {
        if record.header.checksum(key: record.key, value: record.value) != record.checksum {
            throw damaged("does not match its checksum")
        }
    }

    /// Returns the last key that was looked at, nil at the end of the table.
    private func walk(
        _ database: Database, _ table: Table, _ snapshot: borrowing ReadTransaction, from start: [UInt8],
        _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws(StoreError) -> Void
    ) throws(StoreError) -> [UInt8]? {
        try snapshot.withCursor(table) { cursor throws(StoreError) in
            var rows = 0
            var entry = try start.withRawBytes { start throws(StoreError) in
                try lmdb(database.path) { () throws(LMDBError) in try cursor.seek(start) }
            }
            while let found = entry {
                try body(found.key, found.value)
                rows += 1
                if rows == StoreLimits.scrubRows { return Array(found.key) }
                entry = try lmdb(database.path) { () throws(LMDBError) in try cursor.next() }
            }
            return nil
        }
    }
}
