/// What a validation has seen so far, and how it judges a record.
struct CheckpointWalk {
    let lastPage: UInt64
    var entries: UInt64 = 0
    private(set) var stateHash = StateHash()
    /// From table meta, once that was seen.
    private(set) var promisedHash: StateHash?
    /// One bit a page.
    private var visited: [UInt64]

    init(lastPage: UInt64, isFull: Bool) {
        self.lastPage = lastPage
        // A quick walk sees branch pages only and needs no memory for the others.
        visited = isFull && lastPage < 1 << 32 ? Array(repeating: 0, count: Int(lastPage / 64) + 1) : []
    }

    /// False if the page was visited before.
    mutating func visit(_ page: UInt64, count: Int = 1) -> Bool {
        if visited.isEmpty { return true }
        for number in page..<page + UInt64(count) {
            let bit = UInt64(1) << (number % 64)
            if visited[Int(number / 64)] & bit != 0 { return false }
            visited[Int(number / 64)] |= bit
        }
        return true
    }

    mutating func check(
        _ key: UnsafeRawBufferPointer, _ data: UnsafeRawBufferPointer, table: String
    ) throws(StoreError) {
        switch table {
        case "latest": try checkLatest(key, data)
        case "history": try checkHistory(key, data)
        case "transactions": _ = try TransactionEntry.decode(try number(key), data)
        case "leases": _ = try LeaseEntry.decode(try number(key), data)
        case "leaseKeys": if key.count <= 8 { throw StoreError(.corrupt, "table leaseKeys: a key is too short") }
        case "meta": promisedHash = try CheckpointState(decoding: data, in: "checkpoint").stateHash
        default: throw StoreError(.unknownFormat, "table \(table) is not known to this build")
        }
    }

    private mutating func checkLatest(
        _ key: UnsafeRawBufferPointer, _ data: UnsafeRawBufferPointer
    ) throws(StoreError) {
        let record = try LatestEntry.decode(key: key, data)
        if record.header.checksum(key: key, value: record.value) != record.checksum {
            throw LatestEntry.damaged(key, "does not match its checksum")
        }
        if !record.isTombstone { stateHash.add(record.checksum) }
    }

    private func checkHistory(_ key: UnsafeRawBufferPointer, _ data: UnsafeRawBufferPointer) throws(StoreError) {
        guard key.count == HistoryEntry.keySize else { throw StoreError(.corrupt, "table history: a key is too short") }
        let view = try HistoryEntry.decode(Revision(key: key), data)
        let record = view.record
        if view.hasValue, record.header.checksum(key: record.key, value: record.value) != record.checksum {
            throw HistoryEntry.damaged(record.header.revision, "does not match its checksum")
        }
    }

    private func number(_ key: UnsafeRawBufferPointer) throws(StoreError) -> Int64 {
        guard key.count == 8 else { throw StoreError(.corrupt, "a key has \(key.count) bytes instead of 8") }
        return Int64(bigEndian: key.loadUnaligned(as: Int64.self))
    }
}
