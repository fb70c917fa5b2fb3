import Dispatch
package import Store

/// etcd's MVCC in memory, for tests of what stands on the engine. One serial queue plays the writer thread: it applies
/// transactions, tells the watchers and then the submitter. Leases expire only when a test says so (`revokeLease`).
package final class MemoryEngine: Engine {
    private let state = LockedBox(MemoryState())
    private let writer = DispatchQueue(label: "memory-engine")
    private let watchers = LockedBox(Watchers())

    private struct Watchers: Sendable {
        var nextID = 0
        var live: [Int: MemoryWatch] = [:]
    }

    package init() {}

    package var currentRevision: Int64 { state.withLock { $0.revision } }
    package var compactRevision: Int64 { state.withLock { $0.compactRevision } }

    package func range(_ request: RangeRequest) throws(StoreError) -> RangeResult {
        try state.withLock { state throws(StoreError) in try state.range(request) }
    }

    package func scan(
        _ request: RangeRequest, _ body: (RowView) throws(StoreError) -> Bool
    ) throws(StoreError) -> ScanResult {
        let found = try range(request)
        for (index, row) in found.rows.enumerated() {
            var failure: StoreError?
            let goesOn = row.key.withUnsafeBytes { key in
                row.value.withUnsafeBytes { value in
                    do throws(StoreError) {
                        return try body(
                            RowView(
                                key: key, value: value, createRevision: row.createRevision,
                                modRevision: row.modRevision, version: row.version, lease: row.lease))
                    } catch {
                        failure = error
                        return false
                    }
                }
            }
            if let failure { throw failure }
            if !goesOn {
                let more = found.more || index + 1 < found.rows.count
                // As the store on disk: what was not visited is not counted.
                return ScanResult(count: index + 1, more: more, revision: found.revision)
            }
        }
        return ScanResult(count: found.count, more: found.more, revision: found.revision)
    }

    package func versions(of key: [UInt8], through: Int64, limit: Int) throws(StoreError) -> [KeyVersion] {
        state.withLock { $0.changes(of: key, through: through, limit: limit) }
    }

    package func submit(
        _ transaction: Transaction, origin: Origin, onCallersThread _: Bool,
        completion: @escaping @Sendable (Result<TransactionResult, StoreError>) -> Void
    ) {
        writer.async {
            let result = Result { () throws(StoreError) in
                try self.state.withLock { state throws(StoreError) in try state.transact(transaction) }
            }
            self.publish()
            completion(result)
        }
    }

    package func watch(_ request: WatchRequest, sink: any WatchSink) throws(StoreError) -> any WatchHandle {
        let watch = MemoryWatch(request, sink, engine: self)
        writer.async {
            let state = self.state.withLock { $0 }
            let start = request.startRevision == 0 ? state.revision + 1 : request.startRevision
            guard start > state.compactRevision else {
                _ = sink.receive(.cancelled(.compacted(compactRevision: state.compactRevision)))
                return
            }
            watch.catchUp(from: start, state)
            self.watchers.withLock { watchers in
                watch.id = watchers.nextID
                watchers.live[watch.id] = watch
                watchers.nextID += 1
            }
        }
        return watch
    }

    package func compact(to revision: Int64, completion: @escaping @Sendable (Result<Int64, StoreError>) -> Void) {
        writer.async {
            completion(
                Result { () throws(StoreError) in
                    try self.state.withLock { state throws(StoreError) in try state.compact(to: revision) }
                })
        }
    }

    package func grantLease(
        id: Int64, ttlSeconds: Int64, completion: @escaping @Sendable (Result<Lease, StoreError>) -> Void
    ) {
        writer.async {
            completion(
                Result { () throws(StoreError) in
                    try self.state.withLock { state throws(StoreError) in try state.grant(id, ttlSeconds) }
                })
        }
    }

    package func revokeLease(id: Int64, completion: @escaping @Sendable (Result<Int64, StoreError>) -> Void) {
        writer.async {
            let result = Result { () throws(StoreError) in
                try self.state.withLock { state throws(StoreError) in try state.revoke(id) }
            }
            self.publish()
            completion(result)
        }
    }

    package func renewLease(id: Int64, completion: @escaping @Sendable (Result<Lease, StoreError>) -> Void) {
        writer.async {
            completion(Result { () throws(StoreError) in try self.lease(id: id, withKeys: false).lease })
        }
    }

    package func lease(id: Int64, withKeys: Bool) throws(StoreError) -> (lease: Lease, keys: [[UInt8]]) {
        try state.withLock { state throws(StoreError) in
            guard let lease = state.leases[id] else { throw StoreError(.leaseNotFound, "no lease \(id)") }
            return (lease, withKeys ? state.keys(of: id) : [])
        }
    }

    package func leases() -> [Int64] { state.withLock { $0.leases.keys.sorted() } }

    /// Cancels every watch as if its sink had been too slow.
    package func cancelWatchers() {
        writer.async {
            let live = self.watchers.withLock { watchers in
                defer { watchers.live = [:] }
                return watchers.live.values
            }
            for watch in live {
                _ = watch.sink.receive(.cancelled(.tooSlow(resumeRevision: watch.nextRevision)))
            }
        }
    }

    private func publish() {
        let state = state.withLock { $0 }
        for watch in watchers.withLock({ $0.live.values.sorted { $0.id < $1.id } }) { watch.catchUp(from: 0, state) }
    }

    fileprivate func cancel(_ watch: MemoryWatch) {
        writer.async {
            guard self.watchers.withLock({ $0.live.removeValue(forKey: watch.id) }) != nil else { return }
            _ = watch.sink.receive(.cancelled(.closed))
        }
    }

    fileprivate func progress(_ watch: MemoryWatch) {
        writer.async {
            guard self.watchers.withLock({ $0.live[watch.id] }) != nil else { return }
            _ = watch.sink.receive(.progress(revision: self.currentRevision))
        }
    }
}

/// One watch; everything but the two requests happens on the writer queue.
private final class MemoryWatch: WatchHandle {
    let request: WatchRequest
    let sink: any WatchSink
    private let engine: MemoryEngine
    nonisolated(unsafe) var id = -1
    nonisolated(unsafe) var nextRevision: Int64 = 0

    init(_ request: WatchRequest, _ sink: any WatchSink, engine: MemoryEngine) {
        self.request = request
        self.sink = sink
        self.engine = engine
    }

    func cancel() { engine.cancel(self) }
    func requestProgress() { engine.progress(self) }

    func catchUp(from start: Int64, _ state: MemoryState) {
        if start > 0 { nextRevision = start }
        for entry in state.log(from: nextRevision) {
            let events = entry.events.filter(wanted).map { event in
                var event = event
                if !request.withPrevious { event.previous = nil }
                return event
            }
            if !events.isEmpty { _ = sink.receive(.events(revision: entry.revision, events)) }
        }
        nextRevision = max(nextRevision, state.revision + 1)
    }

    private func wanted(_ event: Event) -> Bool {
        guard request.range.contains(event.current.key) else { return false }
        return event.kind == .put ? !request.filtersPuts : !request.filtersDeletes
    }
}
