internal import LMDB

/// Picks the newest value of each key with a prefix out of whatever a check reads, in any order.
struct RowCollector {
    let prefix: [UInt8]
    /// nil: deleted.
    private var newest: [[UInt8]: (revision: Revision, value: [UInt8]?)] = [:]

    init(prefix: [UInt8]) { self.prefix = prefix }

    var rows: [[UInt8]: [UInt8]] { newest.compactMapValues(\.value) }

    mutating func take(_ record: LogRecordReader.Record) throws(StoreError) {
        guard case .transaction(let transaction) = record else { return }
        var found: [(RecordHeader, [UInt8], [UInt8])] = []
        try transaction.forEachChange { header, key, value throws(StoreError) in
            if key.starts(with: prefix) { found.append((header, Array(key), Array(value))) }
        }
        for (header, key, value) in found { take(header, key, value) }
    }

    /// The checkpoint's newest records.
    mutating func read(_ database: Database) throws(StoreError) {
        let snapshot: ReadTransaction
        do { snapshot = try ReadTransaction(database.environment) } catch { throw StoreError(error, database.path) }
        var found: [(RecordHeader, [UInt8], [UInt8])] = []
        try snapshot.withCursor(database.latest) { cursor throws(StoreError) in
            var entry = try prefix.withRawBytes { start throws(StoreError) in
                try lmdb(database.path) { () throws(LMDBError) in try cursor.seek(start) }
            }
            while let row = entry, row.key.starts(with: prefix) {
                let record = try LatestEntry.decode(key: row.key, row.value)
                found.append((record.header, Array(record.key), Array(record.value)))
                entry = try lmdb(database.path) { () throws(LMDBError) in try cursor.next() }
            }
        }
        for (header, key, value) in found { take(header, key, value) }
    }

    private mutating func take(_ header: RecordHeader, _ key: [UInt8], _ value: [UInt8]) {
        if let known = newest[key], header.revision < known.revision { return }
        newest[key] = (header.revision, header.isTombstone ? nil : value)
    }
}
