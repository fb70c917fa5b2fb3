/// The leases as the writer keeps them, with the order in which they end. A renewal touches one entry of a dictionary:
/// the order keeps the old, earlier deadline until that comes up, and only then learns of the new one.
struct LeaseTable: Sendable {
    private var leases: [Int64: LiveLease] = [:]
    private var order = DeadlineHeap()
    /// The deadline under which a lease stands in `order`; other entries of it there are left over and count for
    /// nothing.
    private var queued: [Int64: Int64] = [:]
    /// Leases whose record does not say when they end: renewed, or recorded before the machine was started.
    private var unsettled: Set<Int64> = []
    private(set) var settleAt: Int64?

    init() {}

    init(_ recovered: [LiveLease], now: Int64) {
        for lease in recovered { set(lease, now: now) }
    }

    /// What clients may know of.
    var ids: [Int64] { leases.values.filter { !$0.isEnding }.map(\.id).sorted() }

    /// Also one that is ending; `live` is for clients.
    subscript(id: Int64) -> LiveLease? { leases[id] }

    func live(_ id: Int64) -> LiveLease? { leases[id].flatMap { $0.isEnding ? nil : $0 } }

    /// Entries in the order of deadlines, those that count for nothing included.
    var orderCount: Int { order.count }

    /// A new lease, or one whose deadline has moved back.
    mutating func set(_ lease: LiveLease, now: Int64) {
        leases[lease.id] = lease
        if lease.deadline < queued[lease.id] ?? .max { enqueue(lease.id, lease.deadline) }
        if lease.isSettled {
            unsettled.remove(lease.id)
            return
        }
        unsettled.insert(lease.id)
        settleAt = settleAt ?? now + StoreLimits.leaseSettleNanoseconds
    }

    mutating func remove(_ id: Int64) {
        leases[id] = nil
        unsettled.remove(id)
        if order.count > 2 * leases.count + 64 { rebuildOrder() }
    }

    /// Leases that are revoked long before their deadlines leave their entries behind: not more of them than of others.
    private mutating func rebuildOrder() {
        queued = queued.filter { leases[$0.key] != nil }
        order = DeadlineHeap()
        for (id, deadline) in queued { order.push(DeadlineHeap.Entry(deadline: deadline, id: id)) }
    }

    private mutating func enqueue(_ id: Int64, _ deadline: Int64) {
        order.push(DeadlineHeap.Entry(deadline: deadline, id: id))
        queued[id] = deadline
    }

    /// Not later than the first deadline; nil if no lease can end.
    var nextDeadline: Int64? { order.first?.deadline }

    /// Takes out of the order what has ended. Whoever cannot end one of them now asks for it again with `postpone`.
    mutating func takeExpired(now: Int64) -> [Int64] {
        var expired: [Int64] = []
        while let first = order.first, first.deadline <= now {
            order.pop()
            if queued[first.id] != first.deadline { continue }
            queued[first.id] = nil
            guard let lease = leases[first.id] else { continue }
            if lease.deadline <= now { expired.append(lease.id) } else { enqueue(lease.id, lease.deadline) }
        }
        return expired.sorted()
    }

    mutating func postpone(_ id: Int64, until deadline: Int64) {
        if leases[id] != nil { enqueue(id, deadline) }
    }

    /// Leases to be recorded with their deadlines, because nobody has renewed them for a while; with `all`, because the
    /// store is being closed. The others are looked at again later.
    mutating func takeUnsettled(now: Int64, all: Bool) -> [LiveLease] {
        var settled: [LiveLease] = []
        for id in unsettled.sorted() {
            guard var lease = leases[id] else { continue }
            let age = now.subtracting(saturating: lease.deadline.subtracting(saturating: lease.grantedNanoseconds))
            if !all, age < StoreLimits.leaseSettleNanoseconds { continue }
            lease.isSettled = true
            leases[id] = lease
            settled.append(lease)
        }
        for lease in settled { unsettled.remove(lease.id) }
        settleAt = unsettled.isEmpty ? nil : now + StoreLimits.leaseSettleNanoseconds
        return settled
    }
}

/// A binary heap, earliest deadline first.
struct DeadlineHeap: Sendable {
    struct Entry: Sendable, Hashable {
        var deadline: Int64
        var id: Int64
    }

    private var entries: [Entry] = []

    var first: Entry? { entries.first }
    var count: Int { entries.count }

    mutating func push(_ entry: Entry) {
        entries.append(entry)
        var child = entries.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            if entries[parent].deadline <= entries[child].deadline { return }
            entries.swapAt(parent, child)
            child = parent
        }
    }

    mutating func pop() {
        guard let last = entries.popLast(), !entries.isEmpty else { return }
        entries[0] = last
        var parent = 0
        while true {
            var smallest = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < entries.count && entries[child].deadline < entries[smallest].deadline {
                smallest = child
            }
            if smallest == parent { return }
            entries.swapAt(smallest, parent)
            parent = smallest
        }
    }
}
