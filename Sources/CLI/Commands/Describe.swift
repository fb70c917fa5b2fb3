import ArgumentParser
import Client
import Objects

struct Describe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show objects in full, with their events.",
        discussion: """
            berth describe pvc pv-claim
            berth describe pods -l app=nginx
            """)

    @Argument(help: "TYPE, TYPE NAME (or the beginning of names), TYPE/NAME.")
    var resources: [String] = []

    @OptionGroup var files: FilenameOptions
    @OptionGroup var namespace: NamespaceOptions
    @OptionGroup var everywhere: AllNamespacesOptions
    @OptionGroup var selectors: SelectorOptions
    @OptionGroup var connection: ConnectionOptions

    @Option(name: .customLong("show-events"), help: "Whether to show the events.")
    var showEvents = true

    func run() async throws {
        let berth = connection.connect()
        var failures = Failures()
        let objects = try await objects(berth, &failures)
        for (index, (resource, object)) in objects.enumerated() {
            try await failures.collect {
                if index > 0 { Console.out("\n\n") }
                let context = try await DescribeContext.fetch(object, berth.client, events: showEvents)
                Console.out(Describer.describe(object, resource, context))
            }
        }
        try failures.finish()
        if objects.isEmpty {
            Console.error(
                everywhere.allNamespaces
                    ? "No resources found" : "No resources found in \(namespace.effective) namespace.")
        }
    }

    private typealias Found = (resource: APIResource, object: Object)

    private func objects(_ berth: Connection, _ failures: inout Failures) async throws -> [Found] {
        var found: [Found] = []
        let scope = everywhere.allNamespaces ? nil : namespace.effective
        for (resource, name) in try await targets(berth) {
            try await failures.collect {
                if let name {
                    found += try await named(name, resource, scope, berth.client)
                } else {
                    let list = try await berth.client.list(resource, namespace: scope, query: selectors.query())
                    found += list.items.map { (resource, $0) }
                }
            }
        }
        return found
    }

    private func targets(_ berth: Connection) async throws -> [(resource: APIResource, name: String?)] {
        if !files.filename.isEmpty {
            var targets: [(resource: APIResource, name: String?)] = []
            for manifest in try files.load() {
                let target = try await ManifestTarget.resolve(manifest, berth.resolver, namespace)
                targets.append((target.resource, target.object.name))
            }
            return targets
        }
        switch try await ResourceArguments.resolve(resources, berth.resolver) {
        case .kinds(let kinds): return kinds.map { ($0, nil) }
        case .objects(let objects): return objects.map { ($0.resource, $0.name) }
        }
    }

    /// The object of that name, else all whose names begin like this.
    private func named(_ name: String, _ resource: APIResource, _ scope: String?, _ client: APIClient) async throws
        -> [Found]
    {
        guard let scope = resource.namespaced ? scope : "" else {
            throw CommandFailure("error: a resource cannot be retrieved by name across all namespaces")
        }
        do {
            return [(resource, try await client.get(resource, namespace: scope, name: name))]
        } catch let status as Status where status.code == 404 {
            let all = try await client.list(resource, namespace: scope).items.filter { $0.name.hasPrefix(name) }
            guard !all.isEmpty else { throw status }
            return all.map { (resource, $0) }
        }
    }
}
