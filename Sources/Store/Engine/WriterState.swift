/// What only the one who writes touches (and recovery, before there is a writer): the newest state, which may be ahead
/// of what is published while a batch is on its way to the disk.
///
/// Sendable by hand: handed from recovery to the writer once, then touched by whoever has the turn (`WriterQueue`), which
/// passes from thread to thread through a mutex.
final class WriterState: @unchecked Sendable {
    var generation: Generation
    var revision: Int64
    var compactRevision: Int64
    var stateHash: StateHash
    var position: LogPosition
    var leases: LeaseTable
    /// The batch being collected.
    var payload = OutputBuffer()
    var log: LogRecordWriter
    /// Granted or renewed in the batch.
    var touchedLeases: [Int64] = []
    /// Payload bytes that the batch may have.
    var room = Int.max
    var timers = WriterTimers()
    /// How many writes and syncs in a row, up to the last one, were quick.
    var quickSyncs = 0

    init(
        generation: Generation, revision: Int64, compactRevision: Int64, stateHash: StateHash, position: LogPosition,
        leases: LeaseTable
    ) {
        self.generation = generation
        self.revision = revision
        self.compactRevision = compactRevision
        self.stateHash = stateHash
        self.position = position
        self.leases = leases
        log = LogRecordWriter(output: payload)
    }

    func beginBatch(room: Int) {
        self.room = room
        touchedLeases.removeAll()
        payload.removeAll()
        log = LogRecordWriter(output: payload)
    }

    func record(_ lease: LiveLease, now: Int64, _ storage: any Storage) {
        let record = lease.record(now: now, wall: storage.wallNanoseconds, boot: storage.bootIdentity)
        log.lease(record)
        generation.leaseChanges.append(.set(record))
    }

    /// The time of a lease counts from the answer, not from before the sync that the answer had to wait for.
    func stampTouchedLeases(now: Int64) {
        for id in touchedLeases {
            guard var lease = leases.live(id) else { continue }
            lease.renew(now: now)
            leases.set(lease, now: now)
        }
    }

    /// Grants whose answer, if it left now, would promise more than a start makes of the record.
    func lateGrants(now: Int64) -> [LiveLease] {
        touchedLeases.compactMap { leases.live($0) }.filter { lease in
            var answered = lease
            answered.renew(now: now)
            // Some of what a start adds is left for the way from here to the answer.
            return lease.isSettled && answered.deadline - lease.deadline > LiveLease.recordSlack / 10 * 9
        }
    }

    /// Their records do not say when they end; that is made up for later.
    func unsettle(_ late: [LiveLease], now: Int64) {
        for var lease in late {
            lease.isSettled = false
            leases.set(lease, now: now)
        }
    }

    /// Puts leases granted in the batch before into a batch of their own.
    /// - Parameter isSettled: the record counts from now; else it says that a start must give the full time.
    func recordAgain(_ late: [LiveLease], isSettled: Bool, now: Int64, _ storage: any Storage) {
        let touched = touchedLeases
        beginBatch(room: .max)
        touchedLeases = touched
        for var lease in late {
            lease.renew(now: now)
            lease.isSettled = isSettled
            leases.set(lease, now: now)
            record(lease, now: now, storage)
        }
    }

    /// The state behind the batch just written, for the checkpoint that will stop there.
    func mark() {
        generation.marks.append(
            BatchMark(
                versions: generation.memtable.log.count, leaseChanges: generation.leaseChanges.count,
                position: position, revision: revision, compactRevision: compactRevision, stateHash: stateHash))
    }
}

/// Writes a transaction's changes to the log record and to the memtable. The revision is used up by the first one.
struct ChangeWriter {
    /// What one change takes of the log besides its key and value.
    static let changeBytes = 8 + RecordHeader.encodedSize

    let state: WriterState
    let now: Int64
    let origin: Origin
    private(set) var count = 0
    private var start = 0
    private var transaction: TransactionNode?

    init(state: WriterState, origin: Origin, now: Int64) {
        self.state = state
        self.origin = origin
        self.now = now
    }

    var isEmpty: Bool { count == 0 }
    /// Of the transaction, if it writes.
    var revision: Int64 { state.revision + 1 }

    mutating func put(
        _ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, lease: Int64, over old: RecordView?
    ) {
        let alive = old.flatMap { $0.isTombstone ? nil : $0.header }
        let header = RecordHeader(
            revision: Revision(main: revision, sub: UInt32(count)), createRevision: alive?.createRevision ?? revision,
            version: (alive?.version ?? 0) + 1, lease: lease, previous: old?.header.revision ?? .none)
        write(header, key, value, over: old)
    }

    mutating func delete(_ old: RecordView) {
        let header = RecordHeader(
            revision: Revision(main: revision, sub: UInt32(count)), createRevision: 0, version: 0, lease: 0,
            previous: old.header.revision)
        write(header, old.key, UnsafeRawBufferPointer(start: nil, count: 0), over: old)
    }

    private mutating func write(
        _ header: RecordHeader, _ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, over old: RecordView?
    ) {
        let transaction = begin()
        state.log.change(header, key: key, value: value)
        let version = state.generation.memtable.insert(header, key: key, value: value, transaction: transaction)
        if let old, !old.isTombstone { state.stateHash.remove(old.checksum) }
        if !header.isTombstone { state.stateHash.add(version.checksum) }
        if header.lease != 0 { state.generation.leasedKeys[header.lease, default: []].append(version.node) }
        count += 1
    }

    private mutating func begin() -> TransactionNode {
        if let transaction { return transaction }
        var description = origin.description
        return description.withUTF8 { utf8 in
            let bytes = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(utf8).prefix(StoreLimits.originBytes))
            start = state.log.beginTransaction(revision: revision, nanoseconds: now, origin: bytes)
            let node = state.generation.memtable.addTransaction(nanoseconds: now, origin: bytes)
            transaction = node
            return node
        }
    }

    mutating func finish() {
        if isEmpty { return }
        state.log.finishTransaction(at: start, changes: count)
        state.revision += 1
    }
}
