import ArgumentParser
import Client
import Objects

struct Get: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show objects.",
        discussion: """
            berth get pods
            berth get pvc,pv -o wide
            berth get statefulset web -o yaml
            berth get pod/web-0 -o jsonpath='{.status.podIP}'
            berth get pods -w
            """)

    @Argument(help: "TYPE, TYPE NAME..., TYPE/NAME...; several types with commas.")
    var resources: [String] = []

    @OptionGroup var namespace: NamespaceOptions
    @OptionGroup var everywhere: AllNamespacesOptions
    @OptionGroup var selectors: SelectorOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var files: FilenameOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var columns: ColumnOptions

    @Flag(name: .shortAndLong, help: "After the objects, their changes as they happen.")
    var watch = false

    @Flag(name: .customLong("watch-only"), help: "Only the changes.")
    var watchOnly = false

    @Flag(name: .customLong("output-watch-events"), help: "Say what happened to each object that changed.")
    var outputWatchEvents = false

    @Flag(name: .customLong("ignore-not-found"), help: "A missing object is no error.")
    var ignoreNotFound = false

    @Flag(name: .customLong("fail-if-empty"), help: "Exit with 1 when nothing was found.")
    var failIfEmpty = false

    @Option(name: .customLong("chunk-size"), help: "Objects a request; 0 for all at once.")
    var chunkSize = 500

    @Option(name: .customLong("sort-by"), help: "Sorted by this field: a JSONPath such as .metadata.creationTimestamp.")
    var sortBy: String?

    @Option(name: .customLong("at-revision"), help: "As it was at this revision of the store (berth history).")
    var atRevision: Int64?

    @Option(help: "The answer of this path of the API as it is, such as /readyz.")
    var raw: String?

    func run() async throws {
        let berth = connection.connect()
        if let raw { return Console.out(try await berth.client.bytes(raw)) }
        let format = try OutputFormat(output.output)
        let target = try await target(berth)
        if watch || watchOnly {
            if sortBy != nil { throw CommandFailure("error: --watch and --watch-only cannot be used with --sort-by") }
            if atRevision != nil { throw CommandFailure("error: the past does not change: no --at-revision with -w") }
            return try await WatchPrinter(berth.client, self.view(format), events: outputWatchEvents)
                .run(target, namespace: scope, query: selectors.query(), skipsList: watchOnly)
        }
        var query = selectors.query(pageSize: chunkSize > 0 ? chunkSize : nil)
        if let atRevision {
            guard atRevision > 0 else { throw CommandFailure("error: --at-revision must be 1 or more") }
            query.atRevision = atRevision
            // A page's token says where it goes on, and a revision beside it is refused.
            query.pageSize = nil
        }
        query.includesObjects = sortBy != nil
        let fetcher = Fetcher(
            client: berth.client, namespace: scope, query: query, ignoresNotFound: ignoreNotFound)
        if format.isTable {
            try await printTables(target, fetcher, format)
        } else {
            try await printObjects(target, fetcher, format)
        }
    }

    /// Nil: all namespaces.
    private var scope: String? { everywhere.allNamespaces ? nil : namespace.effective }

    private func view(_ format: OutputFormat) -> GetView {
        GetView(
            format: format, table: columns.table(format, everywhere.allNamespaces),
            showManagedFields: output.showManagedFields)
    }

    private func target(_ berth: Connection) async throws -> ResourceArguments {
        guard !files.filename.isEmpty else { return try await ResourceArguments.resolve(resources, berth.resolver) }
        var objects: [(resource: APIResource, name: String)] = []
        for manifest in try files.load() {
            let target = try await ManifestTarget.resolve(manifest, berth.resolver, namespace)
            objects.append((target.resource, target.object.name))
        }
        return .objects(objects)
    }

    private func printTables(_ target: ResourceArguments, _ fetcher: Fetcher, _ format: OutputFormat) async throws {
        var failures = Failures(deferred: true)
        let order = try sortBy.map { try ObjectOrder($0) }
        let tables = try await fetcher.tables(target, &failures).map { table in order.map(table.sorted) ?? table }
        let shown = tables.filter { $0.hasRows }
        for (index, table) in shown.enumerated() {
            var options = columns.table(format, everywhere.allNamespaces && table.resource.namespaced)
            if tables.count > 1 { options.namePrefix = table.resource.named("") }
            if index > 0 { Console.line("") }
            Console.out(table.text(options))
        }
        try failures.finish()
        if shown.isEmpty { try reportNothing(tables.map(\.resource)) }
    }

    private func printObjects(_ target: ResourceArguments, _ fetcher: Fetcher, _ format: OutputFormat) async throws {
        var failures = Failures(deferred: true)
        var objects = try await fetcher.objects(target, &failures)
        if let sortBy { objects = try ObjectOrder(sortBy).sorted(objects) { $0.object.json } }
        let isSingle = if case .objects(let named) = target { named.count == 1 } else { false }
        if !objects.isEmpty || !isSingle {
            let printer = ObjectPrinter(format: format, showManagedFields: output.showManagedFields)
            Console.out(printer.print(objects, asList: !isSingle))
        }
        try failures.finish()
        if objects.isEmpty, failIfEmpty { throw CommandFailure("") }
    }

    private func reportNothing(_ resources: [APIResource]) throws {
        if !ignoreNotFound {
            let namespaced = resources.contains(where: \.namespaced) && !everywhere.allNamespaces
            Console.error(namespaced ? "No resources found in \(namespace.effective) namespace." : "No resources found")
        }
        if failIfEmpty { throw CommandFailure("") }
    }
}

struct ColumnOptions: ParsableArguments {
    @Flag(name: .customLong("no-headers"), help: "No line with the columns' names.")
    var noHeaders = false

    @Flag(name: .customLong("show-labels"), help: "A column with all labels.")
    var showLabels = false

    @Option(
        name: [.customShort("L"), .customLong("label-columns")], help: "Labels that get a column, separated by commas.")
    var labelColumns: [String] = []

    func table(_ format: OutputFormat, _ namespaceColumn: Bool) -> TableOptions {
        let wide = if case .table(wide: true) = format { true } else { false }
        return TableOptions(
            wide: wide, headers: !noHeaders, namespaceColumn: namespaceColumn, showLabels: showLabels,
            labelColumns: labelColumns.flatMap { $0.split(separator: ",").map(String.init) })
    }
}

/// How `get` shows what it found.
struct GetView {
    var format: OutputFormat
    var table: TableOptions
    var showManagedFields: Bool
}
