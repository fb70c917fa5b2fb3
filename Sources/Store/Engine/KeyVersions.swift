internal import LMDB

extension LocalEngine {
    /// Follows the key's own chain of records, so it costs what the answer costs.
    package func versions(of key: [UInt8], through: Int64, limit: Int) throws(StoreError) -> [KeyVersion] {
        let view = try ReadView(context)
        var versions: [KeyVersion] = []
        var revision = min(through, view.published.revision)
        while versions.count < limit, revision > 0 {
            let (version, previous) = try view.version(of: key, at: revision)
            guard let version else { break }
            versions.append(version)
            if version.revision <= view.published.compactRevision { break }
            revision = previous
        }
        return versions
    }
}

extension ReadView {
    /// The change that was the newest at `revision`, and the revision of the one before it.
    fileprivate func version(
        of key: [UInt8], at revision: Int64
    ) throws(StoreError) -> (version: KeyVersion?, previous: Int64) {
        var found: (KeyVersion, Int64)?
        try key.withUnsafeBytesThrowing { key throws(StoreError) in
            guard let record = try record(key, at: revision) else { return }
            let written = record.header.revision.main
            let (nanoseconds, origin) = try transaction(key, written)
            found = (
                KeyVersion(
                    revision: written, nanoseconds: nanoseconds, origin: origin,
                    value: record.isTombstone ? nil : Array(record.value)),
                record.header.previous.main
            )
        }
        return (found?.0, found?.1 ?? 0)
    }

    /// Time and origin of what wrote `key` at `revision`.
    private func transaction(
        _ key: UnsafeRawBufferPointer, _ revision: Int64
    ) throws(StoreError) -> (nanoseconds: Int64?, origin: String) {
        for generation in published.generations {
            if let version = generation.memtable.find(key)?.version(at: revision), version.revision == revision {
                let transaction = version.transaction
                return (transaction.nanoseconds, String(decoding: transaction.origin, as: UTF8.self))
            }
        }
        let entry = try withBigEndian(revision) { key throws(StoreError) in
            try lmdb(database.path) { () throws(LMDBError) in try snapshot.get(database.transactions, key) }
        }
        guard let entry else { return (nil, "") }
        let (nanoseconds, origin) = try TransactionEntry.decode(revision, entry)
        return (nanoseconds, String(decoding: origin, as: UTF8.self))
    }
}

extension Array where Element == UInt8 {
    fileprivate func withUnsafeBytesThrowing(
        _ body: (UnsafeRawBufferPointer) throws(StoreError) -> Void
    ) throws(StoreError) {
        let result: Result<Void, StoreError> = withUnsafeBytes { bytes in
            do throws(StoreError) { return .success(try body(bytes)) } catch { return .failure(error) }
        }
        try result.get()
    }
}
