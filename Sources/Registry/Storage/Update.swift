package import Objects
import Store

extension Registry {
    /// Reads, changes and stores an object, again and again until nobody else wrote in between.
    ///
    /// `change` gets the object with its resourceVersion. What it returns is stored if its resourceVersion is that one
    /// or empty; another one is a Conflict (409). An object that did not change is not written. With a subresource only
    /// that part of what `change` returns counts.
    package func update(
        _ key: ObjectKey, subresource: Subresource? = nil, options: WriteOptions = WriteOptions(), by user: User,
        _ change: @Sendable (Object) throws(Status) -> Object
    ) async throws(Status) -> Object {
        let kind = try kind(of: key.resource)
        let storageKey = StorageKeys.object(kind, namespace: key.namespace, name: key.name)
        while true {
            guard let stored = try load(storageKey, kind) else { throw .notFound(key.resource, key.name) }
            var new = try change(stored.object)
            if new.resourceVersion.isEmpty { new.resourceVersion = stored.object.resourceVersion }
            guard new.resourceVersion == stored.object.resourceVersion else { throw .conflict(key.resource, key.name) }
            if new == stored.object || options.dryRun { return new }
            var batch = WriteBatch()
            batch.replace(storageKey, at: stored.revision, ObjectCoding.encode(new), lease: stored.lease)
            guard let revision = try await submit(batch, by: user) else { continue }
            new = ObjectCoding.canonical(new)
            new.resourceVersion = String(revision)
            return new
        }
    }
}
