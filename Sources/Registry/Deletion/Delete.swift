package import Objects
import Store

extension Registry {
    /// Deletes an object, or marks it when finalizers or a grace period are in the way
    /// (https://kubernetes.io/docs/concepts/overview/working-with-objects/finalizers/).
    package func delete(
        _ key: ObjectKey, options: DeleteOptions = DeleteOptions(), by user: User
    ) async throws(Status) -> DeleteOutcome {
        let kind = try kind(of: key.resource)
        let storageKey = StorageKeys.object(kind, namespace: key.namespace, name: key.name)
        try admitDeletion(key)
        while true {
            guard let stored = try load(storageKey, kind) else { throw .notFound(key.resource, key.name) }
            let step = try deletionStep(stored.object, kind, options)
            if let outcome = try await take(step, stored, kind, options, user) { return outcome }
        }
    }

    private func deletionStep(
        _ object: Object, _ kind: KindSchema, _ options: DeleteOptions
    ) throws(Status) -> Deletion.Step {
        let now = self.options.clock()
        guard kind.resourceName == .namespaces else {
            return try Deletion.step(for: object, kind, options, now: now)
        }
        return try NamespaceDeletion.step(for: object, kind, options, now: now)
    }

    /// nil: somebody else wrote in between.
    private func take(
        _ step: Deletion.Step, _ stored: Stored, _ kind: KindSchema, _ options: DeleteOptions, _ user: User
    ) async throws(Status) -> DeleteOutcome? {
        var batch = WriteBatch()
        let returnsObject = Strategy.of(kind).returnsDeleted
        switch step {
        case .pending:
            return DeleteOutcome(object: stored.object, removed: false, returnsObject: returnsObject)
        case .mark(let marked):
            if options.dryRun || marked == stored.object {
                return DeleteOutcome(object: marked, removed: false, returnsObject: true)
            }
            batch.replace(
                stored.key, at: stored.revision, ObjectCoding.encode(marked), lease: stored.lease, isRelease: true)
            guard let revision = try await submit(batch, by: user) else { return nil }
            return DeleteOutcome(object: self.stored(marked, at: revision), removed: false, returnsObject: true)
        case .remove(let last):
            if options.dryRun { return DeleteOutcome(object: last, removed: true, returnsObject: returnsObject) }
            batch.remove(stored.key, at: stored.revision)
            let write = ObjectWrite(kind: kind, old: stored.object, new: nil, key: stored.key)
            try addIndexes(of: [write], to: &batch)
            guard let revision = try await submit(batch, by: user) else { return nil }
            return DeleteOutcome(
                object: self.stored(last, at: revision), removed: true, returnsObject: returnsObject)
        }
    }

    /// Deletes one by one what a list with these options finds; returns the list as it was found.
    package func deleteCollection(
        _ resource: ResourceName, namespace: String? = nil, selecting: ListOptions = ListOptions(),
        options: DeleteOptions = DeleteOptions(), by user: User
    ) async throws(Status) -> ObjectList {
        let found = try list(resource, namespace: namespace, options: selecting)
        // Side by side, so that the store makes few batches of them.
        for start in stride(from: 0, to: found.items.count, by: 64) {
            let keys = found.items[start..<min(start + 64, found.items.count)].map {
                ObjectKey(resource, namespace: $0.namespace, name: $0.name)
            }
            let results = await withTaskGroup(of: (Int, Result<Object, Status>).self) { group in
                for (index, key) in keys.enumerated() {
                    group.addTask { (index, await self.deleted(key, options, user)) }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            for (_, result) in results.sorted(by: { $0.0 < $1.0 }) {
                do throws(Status) {
                    _ = try result.get()
                } catch {
                    // Somebody else was faster: what was to be deleted is gone.
                    guard error.code == 404 else { throw error }
                }
            }
        }
        return found
    }

    private func deleted(_ key: ObjectKey, _ options: DeleteOptions, _ user: User) async -> Result<Object, Status> {
        do throws(Status) {
            return .success(try await delete(key, options: options, by: user).object)
        } catch {
            return .failure(error)
        }
    }
}
