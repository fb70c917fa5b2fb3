import ArgumentParser
import Client
import Objects

struct Events: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "What happened, the newest last.",
        discussion: """
            berth events --for pod/web-0
            berth events -w --types=Warning
            """)

    @Option(name: .customLong("for"), help: "Only about TYPE/NAME.")
    var subject: String?

    @Option(help: "Only of these types: Normal, Warning.")
    var types: [String] = []

    @Flag(name: .shortAndLong, help: "Go on with what happens from now.")
    var watch = false

    @Flag(name: .customLong("no-headers"), help: "No line with the columns' names.")
    var noHeaders = false

    @OptionGroup var namespace: NamespaceOptions
    @OptionGroup var everywhere: AllNamespacesOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
        let berth = connection.connect()
        let format = try OutputFormat(output.output)
        let query = ListQuery(fieldSelector: try await fieldSelector(berth))
        let scope = everywhere.allNamespaces ? nil : namespace.effective
        let list = try await berth.client.list(.events, namespace: scope, query: query)
        let found = list.items.filter(isWanted).sorted { DescribeEvents.lastSeen($0) < DescribeEvents.lastSeen($1) }
        guard format.isTable else {
            let printer = ObjectPrinter(format: format, showManagedFields: output.showManagedFields)
            return Console.out(printer.print(found.map { ($0, "event/\($0.name)") }, asList: true))
        }
        var table = TextTable()
        if found.isEmpty, !watch {
            Console.error(scope.map { "No events found in \($0) namespace." } ?? "No events found.")
        }
        if !found.isEmpty || watch { show(found, &table, header: !noHeaders) }
        if watch { try await follow(berth.client, scope, query, from: list.resourceVersion, &table) }
    }

    /// Until the history in between is lost or the daemon goes.
    private func follow(
        _ client: APIClient, _ scope: String?, _ query: ListQuery, from start: String, _ table: inout TextTable
    ) async throws {
        var position = start
        while true {
            let watch = WatchQuery(fieldSelector: query.fieldSelector, resourceVersion: position)
            for try await event in try await client.watch(.events, namespace: scope, query: watch) {
                switch event {
                case .added(let object), .modified(let object):
                    position = object.resourceVersion
                    if isWanted(object) { show([object], &table, header: false) }
                case .deleted(let object): position = object.resourceVersion
                case .bookmark(let version, _): position = version
                case .error(let status): throw status
                }
            }
        }
    }

    private func fieldSelector(_ berth: Connection) async throws -> String? {
        guard let subject else { return nil }
        guard case .objects(let objects) = try await ResourceArguments.resolve([subject], berth.resolver),
            let (resource, name) = objects.first
        else { throw CommandFailure("error: --for must be in resource/name form") }
        return "involvedObject.kind=\(resource.kind),involvedObject.name=\(name)"
    }

    private func isWanted(_ event: Object) -> Bool {
        let wanted = types.flatMap { $0.split(separator: ",") }.map { $0.lowercased() }
        return wanted.isEmpty || wanted.contains((event.text("type") ?? "").lowercased())
    }

    private func show(_ events: [Object], _ table: inout TextTable, header: Bool) {
        let now = Clock.now
        var rows = events.map { event in
            let about = "\(event.text("involvedObject", "kind") ?? "")/\(event.text("involvedObject", "name") ?? "")"
            let cells = [
                DescribeEvents.age(event, now), event.text("type") ?? "", event.text("reason") ?? "", about,
                (event.text("message") ?? "").trimmingEndingNewlines,
            ]
            return (everywhere.allNamespaces ? [event.namespace] : []) + cells.map(Terminal.escaped)
        }
        if header {
            rows.insert(
                (everywhere.allNamespaces ? ["NAMESPACE"] : []) + ["LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"],
                at: 0)
        }
        Console.out(table.text(rows))
    }
}
