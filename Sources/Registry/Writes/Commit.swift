package import Objects
import Store

extension Registry {
    /// Writes several objects in one store transaction, each guarded by its resourceVersion: all or none.
    ///
    /// For controllers: an update takes spec and status as given. Returns the objects of `create` and `update` as
    /// stored, in the order of `changes`. Errors: 409 Conflict (one of them changed, or a second binding), 404,
    /// 409 AlreadyExists, and those of `create`.
    package func commit(_ changes: [Change], by user: User) async throws(Status) -> [Object] {
        var batch = WriteBatch()
        var writes: [ObjectWrite] = []
        for change in changes {
            if let write = try prepare(change, &batch, user) { writes.append(write) }
        }
        try addIndexes(of: writes, to: &batch)
        for write in writes {
            if let new = write.new {
                let revision = write.old.flatMap { Int64($0.resourceVersion) } ?? 0
                let lease = write.kind.resource == ResourceName.events.resource ? try await lease(for: write.kind) : 0
                batch.replace(
                    write.key, at: revision, ObjectCoding.encode(new), lease: lease, isRelease: new.isBeingDeleted)
            } else if let revision = write.old.flatMap({ Int64($0.resourceVersion) }) {
                batch.remove(write.key, at: revision)
            }
        }
        guard let revision = try await submit(batch, by: user) else { throw try failure(of: changes) }
        return writes.compactMap { $0.result.map { stored($0, at: revision) } }
    }

    private func prepare(_ change: Change, _ batch: inout WriteBatch, _ user: User) throws(Status) -> ObjectWrite? {
        let (resource, object) = change.subject
        let kind = try kind(of: resource)
        let now = options.clock()
        if case .create = change {
            var request = WriteRequest(
                kind: kind, namespace: object.namespace, options: WriteOptions(), user: user, now: now)
            let new = try prepareNew(object, &request)
            for compare in request.batch.compares { batch.add(compare) }
            for operation in request.batch.operations { batch.add(operation) }
            let key = StorageKeys.object(kind, namespace: new.namespace, name: new.name)
            return ObjectWrite(kind: kind, old: nil, new: new, key: key, result: new)
        }
        let key = StorageKeys.object(kind, namespace: object.namespace, name: object.name)
        guard let stored = try load(key, kind) else { throw .notFound(resource, object.name) }
        guard object.resourceVersion.isEmpty || object.resourceVersion == stored.object.resourceVersion else {
            throw .conflict(resource, object.name)
        }
        switch change {
        case .update:
            let request = WriteRequest(
                kind: kind, namespace: object.namespace, options: WriteOptions(), user: user, now: now)
            let new = tracked(committed(object, stored.object, kind, now), stored.object, request)
            let ends = Deletion.isFinished(by: new, of: stored.object)
            return ObjectWrite(kind: kind, old: stored.object, new: ends ? nil : new, key: key, result: new)
        case .remove:
            return ObjectWrite(kind: kind, old: stored.object, new: nil, key: key)
        default:
            batch.guardUnchanged(key, at: stored.revision)
            return nil
        }
    }

    private func committed(_ given: Object, _ old: Object, _ kind: KindSchema, _ now: Timestamp) -> Object {
        let strategy = Strategy.of(kind)
        var new = given
        new.uid = old.uid
        new["metadata", "creationTimestamp"] = old["metadata", "creationTimestamp"]
        if let time = old["metadata", "deletionTimestamp"] { new["metadata", "deletionTimestamp"] = time }
        strategy.stamp(&new, old, now)
        if strategy.hasGeneration {
            new.generation = old.generation
            if strategy.counted(new) != strategy.counted(old) { new.bumpGeneration() }
        }
        return new
    }

    /// Which of the changes stood in the way.
    private func failure(of changes: [Change]) throws(Status) -> Status {
        for change in changes {
            let (resource, object) = change.subject
            let found = try find(ObjectKey(resource, namespace: object.namespace, name: object.name))
            if case .create = change {
                if found != nil { return .alreadyExists(resource, object.name) }
                if try kind(of: resource).namespaced {
                    _ = try liveNamespace(object.namespace, for: resource, object.name)
                }
            } else if found == nil {
                return .notFound(resource, object.name)
            } else if !object.resourceVersion.isEmpty, found?.resourceVersion != object.resourceVersion {
                return .conflict(resource, object.name)
            }
        }
        guard let (resource, object) = changes.first?.subject else {
            return .internalError("an empty transaction failed")
        }
        return .conflict(resource, object.name)
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
