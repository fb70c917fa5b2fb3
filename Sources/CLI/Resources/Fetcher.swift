import Client
import Objects

/// The table of one resource, in as many parts as the server sent.
struct FetchedTable {
    var resource: APIResource
    var parts: [JSON]

    var hasRows: Bool { parts.contains { !($0["rows"]?.array ?? []).isEmpty } }

    /// All parts as one, in another order of rows.
    func sorted(_ order: ObjectOrder) -> FetchedTable {
        guard var whole = parts.first else { return self }
        let rows = parts.flatMap { $0["rows"]?.array ?? [] }
        whole["rows"] = .array(order.sorted(rows) { $0["object"] ?? .null })
        return FetchedTable(resource: resource, parts: [whole])
    }

    func text(_ options: TableOptions) -> String {
        var table = ServerTable()
        var rows: [[String]] = []
        for part in parts {
            table.adopt(part)
            rows += table.rows(part, options)
        }
        var layout = TextTable()
        return layout.text((options.headers ? [table.header(options)] : []) + rows)
    }
}

/// Reads what `get` shows.
struct Fetcher {
    var client: APIClient
    /// Nil: all namespaces.
    var namespace: String?
    var query: ListQuery
    var ignoresNotFound: Bool

    /// One table a resource, in the order of the arguments.
    func tables(_ target: ResourceArguments, _ failures: inout Failures) async throws -> [FetchedTable] {
        var tables: [FetchedTable] = []
        switch target {
        case .kinds(let resources):
            for resource in resources {
                try await failures.collect {
                    let pages = try await client.pages(
                        resource, namespace: namespace, query: query, accept: ServerTable.accept)
                    tables.append(FetchedTable(resource: resource, parts: pages.map { PlainTable.ensure($0) }))
                }
            }
        case .objects(let objects):
            for (resource, name) in objects {
                try await failures.collect {
                    guard let part = try await one(resource, name, accept: ServerTable.accept) else { return }
                    let table = PlainTable.ensure(part)
                    if tables.last?.resource == resource {
                        tables[tables.count - 1].parts.append(table)
                    } else {
                        tables.append(FetchedTable(resource: resource, parts: [table]))
                    }
                }
            }
        }
        return tables
    }

    func objects(_ target: ResourceArguments, _ failures: inout Failures) async throws -> [(
        object: Object, name: String
    )] {
        var objects: [(object: Object, name: String)] = []
        switch target {
        case .kinds(let resources):
            for resource in resources {
                try await failures.collect {
                    let list = try await client.list(resource, namespace: namespace, query: query)
                    objects += list.items.map { ($0, resource.named($0.name)) }
                }
            }
        case .objects(let named):
            for (resource, name) in named {
                try await failures.collect {
                    guard let json = try await one(resource, name, accept: "application/json") else { return }
                    objects.append((Object(json), resource.named(name)))
                }
            }
        }
        return objects
    }

    /// One object of the past: the API reads lists at a revision, so it is a list of one.
    private func pastOne(_ resource: APIResource, _ name: String, _ accept: String) async throws -> JSON? {
        var query = query
        query.fieldSelector = "metadata.name=\(name)"
        if accept == ServerTable.accept {
            let page = try await client.pages(resource, namespace: namespace, query: query, accept: accept).first
            if let page, !(page["rows"]?.array ?? page["items"]?.array ?? []).isEmpty { return page }
        } else if let object = try await client.list(resource, namespace: namespace, query: query).items.first {
            return object.json
        }
        if ignoresNotFound { return nil }
        throw Status.notFound(ResourceName(resource.resource, group: resource.group), name)
    }

    /// Nil: there is none, and that is no error.
    private func one(_ resource: APIResource, _ name: String, accept: String) async throws -> JSON? {
        guard namespace != nil || !resource.namespaced else {
            throw CommandFailure("error: a resource cannot be retrieved by name across all namespaces")
        }
        if query.atRevision != nil { return try await pastOne(resource, name, accept) }
        do {
            let path = resource.path(namespace: namespace, name: name)
            let items = accept == ServerTable.accept ? query.selectors.filter { $0.name == "includeObject" } : []
            return try await client.json(.get, path, query: items, accept: accept)
        } catch let status as Status where status.code == 404 && ignoresNotFound {
            return nil
        }
    }
}
