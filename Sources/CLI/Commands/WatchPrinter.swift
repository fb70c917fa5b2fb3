import Client
import Objects

/// `get -w`: the objects, then a line for each change.
struct WatchPrinter {
    private let client: APIClient
    private let view: GetView
    private let events: Bool

    init(_ client: APIClient, _ view: GetView, events: Bool) {
        self.client = client
        self.view = view
        self.events = events
    }

    func run(_ target: ResourceArguments, namespace: String?, query: ListQuery, skipsList: Bool) async throws {
        let (resource, query) = try single(target, query)
        let accept = view.format.isTable ? ServerTable.accept : "application/json"
        var table = ServerTable()
        var layout = TextTable()
        var position: String?
        while true {
            if position == nil {
                let pages = try await client.pages(resource, namespace: namespace, query: query, accept: accept)
                position = pages.first?.at("metadata", "resourceVersion")?.string ?? ""
                if !skipsList { for page in pages { show(page, nil, resource, &table, &layout) } }
            }
            let watch = WatchQuery(
                labelSelector: query.labelSelector, fieldSelector: query.fieldSelector, resourceVersion: position,
                bookmarks: true)
            for try await event in try await client.watch(resource, namespace: namespace, query: watch, accept: accept)
            {
                switch event {
                case .added(let object): show(object.json, "ADDED", resource, &table, &layout)
                case .modified(let object): show(object.json, "MODIFIED", resource, &table, &layout)
                case .deleted(let object): show(object.json, "DELETED", resource, &table, &layout)
                case .bookmark(let version, _) where !version.isEmpty: position = version
                case .bookmark: break
                case .error(let status):
                    guard status.code == 410 else { throw status }
                    position = nil
                }
                if let version = Self.position(of: event) { position = version }
            }
        }
    }

    /// One resource; one object becomes a selection by its name.
    private func single(_ target: ResourceArguments, _ query: ListQuery) throws -> (APIResource, ListQuery) {
        switch target {
        case .kinds(let resources) where resources.count == 1: return (resources[0], query)
        case .objects(let objects) where objects.count == 1:
            var query = query
            query.fieldSelector = "metadata.name=\(objects[0].name)"
            return (objects[0].resource, query)
        default:
            throw CommandFailure("error: you may only specify a single resource type or a single object to watch")
        }
    }

    /// Tables carry their position in their rows' objects.
    private static func position(of event: WatchEvent) -> String? {
        switch event {
        case .added(let object), .modified(let object), .deleted(let object):
            let row = object.json["rows"]?.array?.last?["object"]
            let version = (row.map { Object($0) } ?? object).resourceVersion
            return version.isEmpty ? nil : version
        case .bookmark, .error: return nil
        }
    }

    private func show(
        _ json: JSON, _ event: String?, _ resource: APIResource, _ table: inout ServerTable, _ layout: inout TextTable
    ) {
        guard view.format.isTable else { return showObjects(json, event, resource) }
        let answer = PlainTable.ensure(json)
        let isFirst = table.columns.isEmpty
        table.adopt(answer)
        var rows = table.rows(answer, view.table)
        var header = [table.header(view.table)]
        if events {
            rows = rows.map { [event ?? "ADDED"] + $0 }
            header = header.map { ["EVENT"] + $0 }
        }
        guard !rows.isEmpty else {
            // The header comes with the first row.
            if isFirst { table = ServerTable() }
            return
        }
        Console.out(layout.text((isFirst && view.table.headers ? header : []) + rows))
    }

    private func showObjects(_ json: JSON, _ event: String?, _ resource: APIResource) {
        let printer = ObjectPrinter(format: view.format, showManagedFields: view.showManagedFields)
        for item in json["items"]?.array ?? [json] {
            let object = Object(item)
            if events {
                let wrapped: JSON = ["type": .string(event ?? "ADDED"), "object": item]
                Console.out(printer.print([(Object(wrapped), resource.named(object.name))], asList: false))
            } else {
                Console.out(printer.print([(object, resource.named(object.name))], asList: false))
            }
            if case .yaml = view.format { Console.line("---") }
        }
    }
}
