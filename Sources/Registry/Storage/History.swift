package import Objects
import Store

/// One change of an object: when, by whom, and what it was afterwards.
package struct ObjectChange: Sendable {
    package var revision: Int64
    /// nil: not known.
    package var time: Timestamp?
    /// User and client, as the store kept them.
    package var origin: String
    /// nil: the change removed the object.
    package var object: Object?
}

/// What became of an object, newest first.
package struct ObjectHistory: Sendable {
    package var changes: [ObjectChange]
    /// Nothing is known of what was before this revision.
    package var compactRevision: Int64
    package var revision: Int64
    /// There was too much to read at once: what is older is asked for with this as `through`.
    package var next: Int64?
}

extension Registry {
    /// A history is in memory as a whole, decoded, before it is answered with.
    private static let historyBytes = 8 << 20
    /// Versions read at once, each of which may have the largest size that is stored.
    private static let historyPage = 8

    /// As far back as the store's compaction allows. An object that never existed, or whose end is compacted, has no
    /// changes; that is no error.
    ///
    /// - Parameters:
    ///   - through: changes above this revision are left out; 0: none.
    ///   - limit: at most so many, fewer if they are large.
    package func history(_ key: ObjectKey, through: Int64 = 0, limit: Int) throws(Status) -> ObjectHistory {
        let kind = try kind(of: key.resource)
        let stored = StorageKeys.object(kind, namespace: key.namespace, name: key.name)
        let (found, next) = try readVersions(of: stored, through: through > 0 ? through : .max, limit: limit)
        var changes: [ObjectChange] = []
        for version in found { changes.append(try change(version, kind)) }
        return ObjectHistory(
            changes: changes, compactRevision: engine.compactRevision, revision: engine.currentRevision, next: next)
    }

    /// With where to go on if they became too many bytes.
    private func readVersions(
        of key: [UInt8], through first: Int64, limit: Int
    ) throws(Status) -> ([KeyVersion], next: Int64?) {
        var versions: [KeyVersion] = []
        var through = first
        var bytes = 0
        while versions.count < limit {
            let count = min(Self.historyPage, limit - versions.count)
            let page: [KeyVersion]
            do {
                page = try engine.versions(of: key, through: through, limit: count)
            } catch {
                throw .store(error)
            }
            // Of what is before the compacted revision only the last change is known for sure, and by now that may be
            // one that was read before.
            if let last = versions.last, last.revision <= engine.compactRevision { break }
            versions += page
            guard let last = page.last, page.count == count, last.revision > engine.compactRevision else { break }
            through = last.revision - 1
            bytes += page.reduce(0) { $0 + ($1.value?.count ?? 0) }
            if bytes >= Self.historyBytes, versions.count < limit { return (versions, through) }
        }
        return (versions, nil)
    }

    private func change(_ version: KeyVersion, _ kind: KindSchema) throws(Status) -> ObjectChange {
        var object: Object?
        if let value = version.value {
            object = try ObjectCoding.decode(try EventConversion.served(value, kind), revision: version.revision)
        }
        return ObjectChange(
            revision: version.revision, time: version.nanoseconds.map { Timestamp(seconds: $0 / 1_000_000_000) },
            origin: version.origin, object: object)
    }
}
