// What stands in the LMDB tables. Numbers in values are little-endian; keys that are numbers are big-endian, because
// LMDB orders by bytes. docs/durability.md shows the same layouts.

/// `latest`: key to newest record. Encoded record header (52), record checksum (8), value.
enum LatestEntry {
    static let headSize = RecordHeader.encodedSize + 8

    static func decode(key: UnsafeRawBufferPointer, _ entry: UnsafeRawBufferPointer) throws(StoreError) -> RecordView {
        guard entry.count >= headSize else { throw damaged(key, "is too short") }
        return RecordView(
            header: RecordHeader(decoding: entry), key: key, value: entry.slice(headSize, entry.count - headSize),
            checksum: entry.number(RecordHeader.encodedSize))
    }

    static func encode(_ record: RecordView, to target: UnsafeMutableRawBufferPointer) {
        record.header.encode(to: target)
        target.set(RecordHeader.encodedSize, record.checksum)
        target.set(headSize, record.value)
    }

    static func damaged(_ key: UnsafeRawBufferPointer, _ how: String) -> StoreError {
        let name = String(decoding: key.prefix(80), as: UTF8.self)
        return StoreError(.corrupt, "table latest: the record of \(name) \(how)")
    }
}

/// `history`: revision (8) and sub-revision (4) to record. Encoded record header (52), record checksum (8), entry
/// checksum (8: XXH64 of the bytes before it, seeded with that of flags, lengths and key), flags (2; 1: the value
/// is here), key length (2), value length (4), key, value. The newest record of a key has its value in `latest`, and here
/// only if it is short and not compacted; otherwise it moves here when the next one comes.
enum HistoryEntry {
    static let headSize = RecordHeader.encodedSize + 24
    static let keySize = 12

    struct View {
        var record: RecordView
        var hasValue: Bool
    }

    static func size(_ record: RecordView, withValue: Bool) -> Int {
        headSize + record.key.count + (withValue ? record.value.count : 0)
    }

    static func encode(_ record: RecordView, withValue: Bool, to target: UnsafeMutableRawBufferPointer) {
        record.header.encode(to: target)
        target.set(52, record.checksum)
        target.set(68, UInt16(withValue ? 1 : 0))
        target.set(70, UInt16(record.key.count))
        target.set(72, UInt32(withValue ? record.value.count : 0))
        target.set(headSize, record.key)
        if withValue { target.set(headSize + record.key.count, record.value) }
        target.set(60, entryChecksum(UnsafeRawBufferPointer(target), keyCount: record.key.count))
    }

    static func decode(_ revision: Revision, _ entry: UnsafeRawBufferPointer) throws(StoreError) -> View {
        guard entry.count >= headSize else { throw damaged(revision, "is too short") }
        let keyCount = Int(entry.number(70, as: UInt16.self))
        let valueCount = Int(entry.number(72, as: UInt32.self))
        guard entry.count == headSize + keyCount + valueCount else { throw damaged(revision, "has a wrong length") }
        let header = RecordHeader(decoding: entry)
        guard header.revision == revision, entry.number(60) == entryChecksum(entry, keyCount: keyCount) else {
            throw damaged(revision, "does not match its checksum")
        }
        let record = RecordView(
            header: header, key: entry.slice(headSize, keyCount), value: entry.slice(headSize + keyCount, valueCount),
            checksum: entry.number(52))
        return View(record: record, hasValue: hasValue(entry))
    }

    /// Of an entry's bytes as they stand in the table.
    static func hasValue(_ entry: UnsafeRawBufferPointer) -> Bool {
        entry.count >= headSize && entry.number(68, as: UInt16.self) & 1 == 1
    }

    private static func entryChecksum(_ entry: UnsafeRawBufferPointer, keyCount: Int) -> UInt64 {
        hash64(entry.slice(0, 60), seed: hash64(entry.slice(68, 8 + keyCount)))
    }

    static func damaged(_ revision: Revision, _ how: String) -> StoreError {
        StoreError(.corrupt, "table history: the record at revision \(revision.main).\(revision.sub) \(how)")
    }
}

extension Revision {
    /// Calls `body` with the big-endian form that orders as revisions do.
    func withKey<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        var words = (UInt64(bitPattern: main).bigEndian, sub.bigEndian)
        return try withUnsafeMutablePointer(to: &words) { words throws(E) in
            try body(UnsafeRawBufferPointer(start: words, count: HistoryEntry.keySize))
        }
    }

    init(key: UnsafeRawBufferPointer) {
        main = Int64(bigEndian: key.loadUnaligned(as: Int64.self))
        sub = UInt32(bigEndian: key.loadUnaligned(fromByteOffset: 8, as: UInt32.self))
    }
}

/// `transactions`: revision (8) to nanoseconds since 1970 (8), XXH64 of time, origin and revision (8), origin.
enum TransactionEntry {
    static let headSize = 16

    static func encode(
        _ revision: Int64, nanoseconds: Int64, origin: UnsafeRawBufferPointer, to target: UnsafeMutableRawBufferPointer
    ) {
        target.set(0, nanoseconds)
        target.set(8, checksum(revision, nanoseconds, origin))
        target.set(headSize, origin)
    }

    static func decode(_ revision: Int64, _ entry: UnsafeRawBufferPointer) throws(StoreError)
        -> (nanoseconds: Int64, origin: UnsafeRawBufferPointer)
    {
        guard entry.count >= headSize else {
            throw StoreError(.corrupt, "table transactions: entry \(revision) is too short")
        }
        let origin = entry.slice(headSize, entry.count - headSize)
        guard entry.number(8) == checksum(revision, entry.number(0), origin) else {
            throw StoreError(.corrupt, "table transactions: entry \(revision) does not match its checksum")
        }
        return (entry.number(0), origin)
    }

    private static func checksum(_ revision: Int64, _ nanoseconds: Int64, _ origin: UnsafeRawBufferPointer) -> UInt64 {
        let time = hash64(UInt64(bitPattern: nanoseconds), seed: UInt64(bitPattern: revision))
        return hash64(origin, seed: time)
    }
}

/// `leases`: lease (8) to lease record (48; 24 from the first builds), XXH64 of it seeded with the lease (8).
enum LeaseEntry {
    static let size = LeaseRecord.encodedSize + 8

    static func encode(_ lease: LeaseRecord, to target: UnsafeMutableRawBufferPointer) {
        lease.encode(to: target)
        let record = UnsafeRawBufferPointer(target).slice(0, LeaseRecord.encodedSize)
        target.set(LeaseRecord.encodedSize, hash64(record, seed: UInt64(bitPattern: lease.id)))
    }

    static func decode(_ id: Int64, _ entry: UnsafeRawBufferPointer) throws(StoreError) -> LeaseRecord {
        let count = entry.count - 8
        guard count == LeaseRecord.encodedSize || count == LeaseRecord.shortSize,
            entry.number(count) == hash64(entry.slice(0, count), seed: UInt64(bitPattern: id))
        else { throw StoreError(.corrupt, "table leases: entry \(id) does not match its checksum") }
        return LeaseRecord(id: id, decoding: entry.slice(0, count))
    }
}

/// `leaseKeys`: lease (8) and key, to nothing.
enum LeaseKey {
    static func withKey<R, E: Error>(
        _ lease: Int64, _ key: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        try withUnsafeTemporaryAllocation(byteCount: 8 + key.count, alignment: 8) { scratch throws(E) in
            scratch.storeBytes(of: lease.bigEndian, as: Int64.self)
            scratch.set(8, key)
            return try body(UnsafeRawBufferPointer(scratch))
        }
    }
}

func withBigEndian<R, E: Error>(_ number: Int64, _ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
    var big = number.bigEndian
    return try withUnsafeMutablePointer(to: &big) { big throws(E) in
        try body(UnsafeRawBufferPointer(start: big, count: 8))
    }
}
