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
}

extension Registry {
    /// As far back as the store's compaction allows. An object that never existed, or whose end is compacted, has no
    /// changes; that is no error.
    ///
    /// - Parameters:
    ///   - through: changes above this revision are left out; 0: none.
    ///   - limit: at most so many.
    package func history(_ key: ObjectKey, through: Int64 = 0, limit: Int) throws(Status) -> ObjectHistory {
        let kind = try kind(of: key.resource)
        let stored = StorageKeys.object(kind, namespace: key.namespace, name: key.name)
        var changes: [ObjectChange] = []
        do {
            for version in try engine.versions(of: stored, through: through > 0 ? through : .max, limit: limit) {
                changes.append(try change(version, kind))
            }
        } catch let error as StoreError {
            throw .store(error)
        } catch let error as Status {
            throw error
        } catch {
            throw .internalError("\(error)")
        }
        return ObjectHistory(
            changes: changes, compactRevision: engine.compactRevision, revision: engine.currentRevision)
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
