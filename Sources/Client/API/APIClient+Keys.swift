package import Objects

// The same calls for code that knows the kinds it works with, by the built-in schema tables.

extension APIResource {
    /// - Throws: `Status` when no built-in kind is stored there
    package init(_ name: ResourceName) throws(Status) {
        guard let schema = SchemaCatalog.builtin.kind(for: name) else {
            throw Status.badRequest("this client has no built-in resource \(name)")
        }
        self.init(schema)
    }
}

extension APIClient {
    package func get(_ key: ObjectKey, subresource: String? = nil) async throws -> Object {
        try await get(APIResource(key.resource), namespace: key.namespace, name: key.name, subresource: subresource)
    }

    package func list(_ resource: ResourceName, namespace: String? = nil, query: ListQuery = .init()) async throws
        -> ObjectCollection
    {
        try await list(APIResource(resource), namespace: namespace, query: query)
    }

    package func create(_ object: Object, in resource: ResourceName, query: WriteQuery = .init()) async throws -> Object
    {
        try await create(object, in: APIResource(resource), namespace: object.namespace, query: query)
    }

    package func update(
        _ object: Object, in resource: ResourceName, subresource: String? = nil, query: WriteQuery = .init()
    ) async throws -> Object {
        try await update(object, in: APIResource(resource), subresource: subresource, query: query)
    }

    package func patch(
        _ key: ObjectKey, subresource: String? = nil, type: PatchType = .merge, patch: JSON, query: WriteQuery = .init()
    ) async throws -> Object {
        try await self.patch(
            APIResource(key.resource), namespace: key.namespace, name: key.name, subresource: subresource, type: type,
            patch: patch, query: query)
    }

    @discardableResult
    package func delete(_ key: ObjectKey, options: DeletionOptions = .init()) async throws -> JSON {
        try await delete(APIResource(key.resource), namespace: key.namespace, name: key.name, options: options)
    }

    package func watch(_ resource: ResourceName, namespace: String? = nil, query: WatchQuery = .init()) async throws
        -> WatchStream
    {
        try await watch(APIResource(resource), namespace: namespace, query: query)
    }

    /// Reads, changes and writes the object until nobody else wrote in between; `change` returns nil to leave it as
    /// it is. Gives up after ten conflicts in a row.
    ///
    /// - Throws: what `change` throws, `Status`, `ClientError`
    @discardableResult
    package func modify(
        _ key: ObjectKey, subresource: String? = nil, query: WriteQuery = .init(),
        _ change: (Object) throws -> Object?
    ) async throws -> Object {
        var attempts = 0
        while true {
            let current = try await get(key)
            guard let changed = try change(current), changed != current else { return current }
            do {
                return try await update(changed, in: key.resource, subresource: subresource, query: query)
            } catch let status as Status where status.code == 409 && attempts < 10 {
                attempts += 1
            }
        }
    }
}
