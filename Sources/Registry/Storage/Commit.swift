package import Objects
import Store

extension Registry {
    /// Writes several objects in one store transaction, each guarded by its resourceVersion: all or none (409).
    /// Returns the objects of `create` and `update` as stored, in the order of `changes`.
    package func commit(_ changes: [Change], by user: User) async throws(Status) -> [Object] {
        var batch = WriteBatch()
        var written: [Object] = []
        for change in changes { try add(change, to: &batch, &written) }
        guard let revision = try await submit(batch, by: user) else { throw try failure(of: changes) }
        return written.map { object in
            var object = ObjectCoding.canonical(object)
            object.resourceVersion = String(revision)
            return object
        }
    }

    private func add(_ change: Change, to batch: inout WriteBatch, _ written: inout [Object]) throws(Status) {
        let (resource, object) = change.subject
        let key = StorageKeys.object(try kind(of: resource), namespace: object.namespace, name: object.name)
        let revision = Int64(object.resourceVersion) ?? 0
        switch change {
        case .create:
            var new = object
            new.uid = newUID()
            new["metadata", "creationTimestamp"] = .string(options.clock().rfc3339)
            batch.create(key, ObjectCoding.encode(new))
            written.append(new)
        case .update:
            batch.replace(key, at: revision, ObjectCoding.encode(object))
            written.append(object)
        case .remove:
            if revision == 0 { batch.remove(key) } else { batch.remove(key, at: revision) }
        case .unchanged:
            batch.guardUnchanged(key, at: revision)
        }
    }

    /// Which of the changes stood in the way.
    private func failure(of changes: [Change]) throws(Status) -> Status {
        for change in changes {
            let (resource, object) = change.subject
            let found = try find(ObjectKey(resource, namespace: object.namespace, name: object.name))
            if case .create = change {
                if found != nil { return .alreadyExists(resource, object.name) }
            } else if found == nil {
                return .notFound(resource, object.name)
            } else if found?.resourceVersion != object.resourceVersion {
                return .conflict(resource, object.name)
            }
        }
        return .conflict(changes.first?.subject.0 ?? ResourceName("objects"), changes.first?.subject.1.name ?? "")
    }
}

extension Change {
    var subject: (ResourceName, Object) {
        switch self {
        case .create(let resource, let object), .update(let resource, let object), .remove(let resource, let object),
            .unchanged(let resource, let object):
            (resource, object)
        }
    }
}
