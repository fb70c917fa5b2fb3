/// What a batch consists of. Each record: body length (4), type (1), three zero bytes, body. Little-endian.
enum LogRecordType: UInt8 {
    /// revision 8, nanoseconds since 1970 8, changes 4, origin length 2, zero 2, origin, changes.
    /// A change: key length 2, zero 2, value length 4, encoded record header 52, key, value.
    case transaction = 1
    /// compact revision 8.
    case compaction = 2
    /// lease 8, lease record 48 (LeaseRecord.swift; 24 from the first builds).
    case lease = 3
    /// lease 8.
    case leaseRemoval = 4
    /// State behind the batch: revision 8, state hash 16. Last in every batch that has a transaction.
    case state = 5
}

/// Writes records into a batch's payload.
struct LogRecordWriter {
    let output: OutputBuffer
    private(set) var records = 0

    init(output: OutputBuffer) { self.output = output }

    private mutating func begin(_ type: LogRecordType, bodyCount: Int) -> UnsafeMutableRawBufferPointer {
        records += 1
        let target = output.extend(8 + bodyCount)
        target.set(0, UInt32(bodyCount))
        target.set(4, UInt32(type.rawValue))
        return UnsafeMutableRawBufferPointer(rebasing: target[8...])
    }

    mutating func compaction(_ revision: Int64) { begin(.compaction, bodyCount: 8).set(0, revision) }

    mutating func lease(_ lease: LeaseRecord) {
        let body = begin(.lease, bodyCount: 8 + LeaseRecord.encodedSize)
        body.set(0, lease.id)
        lease.encode(to: UnsafeMutableRawBufferPointer(rebasing: body[8...]))
    }

    mutating func leaseRemoval(_ id: Int64) { begin(.leaseRemoval, bodyCount: 8).set(0, id) }

    mutating func state(revision: Int64, hash: StateHash) {
        let body = begin(.state, bodyCount: 24)
        body.set(0, revision)
        body.set(8, UInt64(truncatingIfNeeded: hash.value))
        body.set(16, UInt64(truncatingIfNeeded: hash.value >> 64))
    }

    /// Begins a transaction whose changes follow; `finishTransaction` completes it.
    mutating func beginTransaction(revision: Int64, nanoseconds: Int64, origin: UnsafeRawBufferPointer) -> Int {
        let start = output.count
        let body = begin(.transaction, bodyCount: 24 + origin.count)
        body.set(0, revision)
        body.set(8, nanoseconds)
        body.set(16, UInt32(0))
        body.set(20, UInt16(origin.count))
        body.set(22, UInt16(0))
        body.set(24, origin)
        return start
    }

    mutating func change(_ header: RecordHeader, key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
        let target = output.extend(8 + RecordHeader.encodedSize + key.count + value.count)
        target.set(0, UInt16(key.count))
        target.set(2, UInt16(0))
        target.set(4, UInt32(value.count))
        header.encode(to: UnsafeMutableRawBufferPointer(rebasing: target[8..<8 + RecordHeader.encodedSize]))
        target.set(8 + RecordHeader.encodedSize, key)
        target.set(8 + RecordHeader.encodedSize + key.count, value)
    }

    /// Writes the counts into the head, or takes a transaction without changes back.
    mutating func finishTransaction(at start: Int, changes: Int) {
        if changes == 0 {
            output.truncate(to: start)
            records -= 1
            return
        }
        output.set(start, UInt32(output.count - start - 8))
        output.set(start + 8 + 16, UInt32(changes))
    }
}

/// Reads the records of a batch. Lengths are checked before use: a checksum says that the bytes are as written, not
/// that whoever wrote them was right.
struct LogRecordReader {
    enum Record {
        case transaction(TransactionRecord)
        case compaction(Int64)
        case lease(LeaseRecord)
        case leaseRemoval(Int64)
        case state(revision: Int64, hash: StateHash)
    }

    struct TransactionRecord {
        var revision: Int64
        var nanoseconds: Int64
        var origin: UnsafeRawBufferPointer
        var changes: Int
        var body: UnsafeRawBufferPointer
    }

    private var rest: UnsafeRawBufferPointer

    init(_ payload: UnsafeRawBufferPointer) { rest = payload }

    /// nil at the end of the batch.
    mutating func next() throws(StoreError) -> Record? {
        if rest.isEmpty { return nil }
        let head = try take(8)
        let body = try take(Int(head.number(0, as: UInt32.self)))
        guard let type = LogRecordType(rawValue: head[4]) else {
            throw StoreError(.unknownFormat, "log record of unknown type \(head[4])")
        }
        switch type {
        case .transaction: return .transaction(try transaction(body))
        case .compaction: return .compaction(try checked(body, 8).number(0))
        case .lease:
            let body = try checked(body, 8 + LeaseRecord.shortSize)
            return .lease(LeaseRecord(id: body.number(0), decoding: body.slice(8, body.count - 8)))
        case .leaseRemoval: return .leaseRemoval(try checked(body, 8).number(0))
        case .state:
            let body = try checked(body, 24)
            let hash = UInt128(body.number(16, as: UInt64.self)) << 64 | UInt128(body.number(8, as: UInt64.self))
            return .state(revision: body.number(0), hash: StateHash(value: hash))
        }
    }

    private func transaction(_ body: UnsafeRawBufferPointer) throws(StoreError) -> TransactionRecord {
        let head = try checked(body, 24)
        let originCount = Int(head.number(20, as: UInt16.self))
        _ = try checked(body, 24 + originCount)
        return TransactionRecord(
            revision: head.number(0), nanoseconds: head.number(8), origin: body.slice(24, originCount),
            changes: Int(head.number(16, as: UInt32.self)),
            body: body.slice(24 + originCount, body.count - 24 - originCount))
    }

    private mutating func take(_ count: Int) throws(StoreError) -> UnsafeRawBufferPointer {
        guard count <= rest.count else { throw StoreError(.corrupt, "a log record is longer than its batch") }
        defer { rest = rest.slice(count, rest.count - count) }
        return rest.slice(0, count)
    }

    private func checked(_ body: UnsafeRawBufferPointer, _ count: Int) throws(StoreError) -> UnsafeRawBufferPointer {
        guard body.count >= count else { throw StoreError(.corrupt, "a log record is shorter than its type") }
        return body
    }
}

extension LogRecordReader.TransactionRecord {
    func forEachChange(
        _ body: (RecordHeader, _ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) throws(StoreError) ->
            Void
    ) throws(StoreError) {
        var rest = self.body
        let fixed = 8 + RecordHeader.encodedSize
        for _ in 0..<changes {
            guard rest.count >= fixed else { throw StoreError(.corrupt, "a change is longer than its record") }
            let keyCount = Int(rest.number(0, as: UInt16.self))
            let valueCount = Int(rest.number(4, as: UInt32.self))
            guard rest.count >= fixed + keyCount + valueCount else {
                throw StoreError(.corrupt, "a change is longer than its record")
            }
            try body(
                RecordHeader(decoding: rest.slice(8, RecordHeader.encodedSize)), rest.slice(fixed, keyCount),
                rest.slice(fixed + keyCount, valueCount))
            rest = rest.slice(fixed + keyCount + valueCount, rest.count - fixed - keyCount - valueCount)
        }
    }
}
