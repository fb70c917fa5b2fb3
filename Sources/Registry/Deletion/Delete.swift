package import Objects
import Store

extension Registry {
    /// Deletes an object, or marks it when finalizers or a grace period are in the way.
    package func delete(
        _ key: ObjectKey, options: DeleteOptions = DeleteOptions(), by user: User
    ) async throws(Status) -> DeleteOutcome {
        let kind = try kind(of: key.resource)
        let storageKey = StorageKeys.object(kind, namespace: key.namespace, name: key.name)
        while true {
            guard let stored = try load(storageKey, kind) else { throw .notFound(key.resource, key.name) }
            if options.dryRun { return DeleteOutcome(object: stored.object, removed: true) }
            var batch = WriteBatch()
            batch.remove(storageKey, at: stored.revision)
            guard let revision = try await submit(batch, by: user) else { continue }
            var object = stored.object
            object.resourceVersion = String(revision)
            return DeleteOutcome(object: object, removed: true)
        }
    }

    /// Deletes one by one what a list with these options finds; returns what was deleted or marked.
    package func deleteCollection(
        _ resource: ResourceName, namespace: String? = nil, selecting: ListOptions = ListOptions(),
        options: DeleteOptions = DeleteOptions(), by user: User
    ) async throws(Status) -> ObjectList {
        var found = try list(resource, namespace: namespace, options: selecting)
        var deleted: [Object] = []
        for item in found.items {
            let key = ObjectKey(resource, namespace: item.namespace, name: item.name)
            do {
                deleted.append(try await delete(key, options: options, by: user).object)
            } catch {
                // Somebody else was faster: what was to be deleted is gone.
                guard error.code == 404 else { throw error }
            }
        }
        found.items = deleted
        return found
    }
}
