internal import CLMDB
internal import Synchronization

/// Parked read transactions, so that a read costs a renewal and not an allocation and a slot search.
/// Each slot is taken and returned with one atomic exchange; a full pool frees what does not fit.
final class ReaderPool: Sendable {
    private static let slotCount = 64
    /// Addresses of parked transactions, 0 for none. Owned by this object, never moved.
    private nonisolated(unsafe) let slots: UnsafeMutablePointer<Atomic<UInt>>
    private nonisolated(unsafe) let environment: OpaquePointer

    init(environment: OpaquePointer) {
        self.environment = environment
        slots = .allocate(capacity: Self.slotCount)
        for index in 0..<Self.slotCount { (slots + index).initialize(to: Atomic(0)) }
    }

    deinit {
        for index in 0..<Self.slotCount { (slots + index).deinitialize(count: 1) }
        slots.deallocate()
    }

    /// A read transaction at the newest committed state.
    func take() throws(LMDBError) -> OpaquePointer {
        for index in 0..<Self.slotCount where slots[index].load(ordering: .relaxed) != 0 {
            let address = slots[index].exchange(0, ordering: .acquiring)
            guard let parked = OpaquePointer(bitPattern: address) else { continue }
            let code = mdb_txn_renew(parked)
            if code == MDB_SUCCESS { return parked }
            mdb_txn_abort(parked)
            throw LMDBError(code: code, call: "mdb_txn_renew")
        }
        var begun: OpaquePointer?
        try LMDBError.check(mdb_txn_begin(environment, nil, UInt32(MDB_RDONLY), &begun), "mdb_txn_begin")
        guard let begun else { throw LMDBError(code: MDB_PANIC, call: "mdb_txn_begin") }
        return begun
    }

    func park(_ transaction: OpaquePointer) {
        mdb_txn_reset(transaction)
        let address = UInt(bitPattern: transaction)
        for index in 0..<Self.slotCount {
            let outcome = slots[index].compareExchange(
                expected: 0, desired: address, successOrdering: .releasing, failureOrdering: .relaxed)
            if outcome.exchanged { return }
        }
        mdb_txn_abort(transaction)
    }

    func drain() {
        for index in 0..<Self.slotCount {
            if let parked = OpaquePointer(bitPattern: slots[index].exchange(0, ordering: .acquiring)) {
                mdb_txn_abort(parked)
            }
        }
    }
}
