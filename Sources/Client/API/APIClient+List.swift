package import Objects

/// A whole list at one revision.
package struct ObjectCollection: Sendable {
    package var items: [Object]
    /// Where a watch goes on from.
    package var resourceVersion: String

    package init(items: [Object], resourceVersion: String) {
        self.items = items
        self.resourceVersion = resourceVersion
    }
}

extension APIClient {
    /// All objects, fetched page by page. A list that outlives the server's history of its first page is started anew.
    package func list(_ resource: APIResource, namespace: String? = nil, query: ListQuery = .init()) async throws
        -> ObjectCollection
    {
        do {
            return try await listPages(resource, namespace: namespace, query: query)
        } catch let status as Status where status.code == 410 {
            var unpaged = query
            unpaged.pageSize = nil
            return try await listPages(resource, namespace: namespace, query: unpaged)
        }
    }

    /// The raw pages, for whoever wants another representation (`accept`) than objects.
    package func pages(
        _ resource: APIResource, namespace: String?, query: ListQuery, accept: String = "application/json"
    ) async throws -> [JSON] {
        var pages: [JSON] = []
        var token: String?
        repeat {
            var items = query.selectors
            if let size = query.pageSize { items.append(("limit", String(size))) }
            if let token { items.append(("continue", token)) }
            let page = try await json(.get, resource.path(namespace: namespace), query: items, accept: accept)
            token = page.at("metadata", "continue")?.string.flatMap { $0.isEmpty ? nil : $0 }
            pages.append(page)
        } while token != nil
        return pages
    }

    private func listPages(_ resource: APIResource, namespace: String?, query: ListQuery) async throws
        -> ObjectCollection
    {
        let pages = try await pages(resource, namespace: namespace, query: query)
        return ObjectCollection(
            items: pages.flatMap { Self.items(of: $0, resource) },
            resourceVersion: pages.first?.at("metadata", "resourceVersion")?.string ?? "")
    }

    /// Items of a list carry no kind of their own: it is the list's.
    private static func items(of page: JSON, _ resource: APIResource) -> [Object] {
        (page["items"]?.array ?? []).map { item in
            guard item["kind"] == nil else { return Object(item) }
            let head: [JSONObject.Member] = [
                ("kind", .string(resource.kind)), ("apiVersion", .string(resource.apiVersion)),
            ]
            return Object(.object(JSONObject(head + (item.object?.members.filter { $0.key != "apiVersion" } ?? []))))
        }
    }
}
