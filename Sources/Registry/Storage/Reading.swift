package import Objects
import Store

extension Registry {
    /// The object with its resourceVersion; 404 if there is none.
    package func get(_ key: ObjectKey) throws(Status) -> Object {
        guard let object = try find(key) else { throw .notFound(key.resource, key.name) }
        return object
    }

    /// As `get`, but nil if there is none. `revision` 0: as it is now.
    package func find(_ key: ObjectKey, at revision: Int64 = 0) throws(Status) -> Object? {
        let kind = try kind(of: key.resource)
        return try load(StorageKeys.object(kind, namespace: key.namespace, name: key.name), kind, at: revision)?.object
    }

    /// The stored bytes, for answers that splice the resourceVersion in.
    package func getStored(_ key: ObjectKey) throws(Status) -> StoredBytes {
        let kind = try kind(of: key.resource)
        let bytes = StorageKeys.object(kind, namespace: key.namespace, name: key.name)
        guard let row = try row(bytes) else { throw .notFound(key.resource, key.name) }
        return StoredBytes(value: try EventConversion.served(row.value, kind), revision: row.modRevision)
    }

    /// Everything of a resource, or of it in one namespace (nil or empty: all), at one revision.
    package func list(
        _ resource: ResourceName, namespace: String? = nil, options: ListOptions = ListOptions()
    ) throws(Status) -> ObjectList {
        let stored = try listStored(resource, namespace: namespace, options: options)
        var items: [Object] = []
        items.reserveCapacity(stored.items.count)
        for item in stored.items { items.append(try ObjectCoding.decode(item.value, revision: item.revision)) }
        return ObjectList(
            items: items, revision: stored.revision, continueToken: stored.continueToken, remaining: stored.remaining)
    }
}
