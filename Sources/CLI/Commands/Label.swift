import ArgumentParser
import Client
import Objects

struct Label: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Set and remove labels.", discussion: "berth label pods web-0 tier=front debug-")

    @OptionGroup var change: MetadataChange

    func run() async throws { try await change.run(field: "labels", done: "labeled") }
}

struct Annotate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Set and remove annotations.", discussion: "berth annotate sts web note='why it is so' old-")

    @OptionGroup var change: MetadataChange

    func run() async throws { try await change.run(field: "annotations", done: "annotated") }
}

/// What `label` and `annotate` have in common.
struct MetadataChange: ParsableArguments {
    @Argument(help: "TYPE NAME... or TYPE/NAME..., then KEY=VALUE or KEY- for each.")
    var arguments: [String] = []

    @Flag(help: "Replace values that are there.")
    var overwrite = false

    @Flag(help: "All objects of the type.")
    var all = false

    @OptionGroup var selectors: SelectorOptions
    @OptionGroup var namespace: NamespaceOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var dryRun: DryRunOptions
    @OptionGroup var connection: ConnectionOptions

    func run(field: String, done: String) async throws {
        let isChange: (String) -> Bool = { $0.contains("=") || $0.hasSuffix("-") }
        let names = Array(arguments.prefix { !isChange($0) })
        let changes = try KeyChange.parse(Array(arguments.dropFirst(names.count)))
        guard !changes.isEmpty else {
            throw CommandFailure("error: at least one \(field.dropLast()) update is required")
        }
        let berth = connection.connect()
        var failures = Failures()
        for (resource, name) in try await objects(names, berth) {
            try await failures.collect {
                try await apply(changes, field, done, resource, name, berth.client)
            }
        }
        try failures.finish()
    }

    private func objects(_ names: [String], _ berth: Connection) async throws -> [(resource: APIResource, name: String)]
    {
        switch try await ResourceArguments.resolve(names, berth.resolver) {
        case .objects(let objects): return objects
        case .kinds(let kinds):
            guard all || selectors.selector != nil || selectors.fieldSelector != nil else {
                throw CommandFailure(
                    "error: one or more resources must be specified as <resource> <name> or <resource>/<name>")
            }
            var objects: [(resource: APIResource, name: String)] = []
            for kind in kinds {
                let list = try await berth.client.list(kind, namespace: namespace.effective, query: selectors.query())
                objects += list.items.map { (kind, $0.name) }
            }
            return objects
        }
    }

    private func apply(
        _ changes: [KeyChange], _ field: String, _ done: String, _ resource: APIResource, _ name: String,
        _ client: APIClient
    ) async throws {
        let space = resource.namespaced ? namespace.effective : ""
        let before = try await client.get(resource, namespace: space, name: name)
        let plan = try KeyChange.plan(
            changes, DescribePod.stringMap(before["metadata", field]), overwrite: overwrite, field)
        for key in plan.missing { Console.line("\(field.dropLast()) \"\(key)\" not found.") }
        var after = before
        if !plan.patch.isEmpty, dryRun.mode != .client {
            var patch: JSON = ["metadata": [:]]
            patch.set(["metadata", field], .object(plan.patch))
            after = try await client.patch(
                resource, namespace: space, name: name, type: .merge, patch: patch,
                query: WriteQuery(
                    fieldManager: "kubectl-\(field == "labels" ? "label" : "annotate")", dryRun: dryRun.mode == .server)
            )
        }
        let format = try OutputFormat(output.output)
        guard format.isTable else {
            let printer = ObjectPrinter(format: format, showManagedFields: output.showManagedFields)
            return Console.out(printer.print([(after, resource.named(name))], asList: false))
        }
        let removesOnly = !plan.patch.isEmpty && plan.patch.members.allSatisfy { $0.value.isNull }
        let verb = plan.patch.isEmpty ? "not \(done)" : removesOnly && field == "labels" ? "unlabeled" : done
        Console.line("\(resource.named(name)) \(verb)\(dryRun.mode.suffix)")
    }
}

/// `KEY=VALUE` sets, `KEY-` removes.
struct KeyChange: Hashable {
    var key: String
    /// Nil removes.
    var value: String?

    static func parse(_ arguments: [String]) throws -> [KeyChange] {
        try arguments.map { argument in
            if let equals = argument.firstIndex(of: "="), equals != argument.startIndex {
                return KeyChange(
                    key: String(argument[..<equals]), value: String(argument[argument.index(after: equals)...]))
            }
            guard argument.hasSuffix("-"), argument.count > 1 else {
                throw CommandFailure("error: expected KEY=VALUE or KEY-, not \(argument)")
            }
            return KeyChange(key: String(argument.dropLast()), value: nil)
        }
    }

    /// The merge patch of the map; keys that should go but are not there.
    static func plan(_ changes: [KeyChange], _ current: [String: String], overwrite: Bool, _ field: String) throws
        -> (patch: JSONObject, missing: [String])
    {
        var patch = JSONObject()
        var missing: [String] = []
        for change in changes {
            switch (change.value, current[change.key]) {
            case (nil, nil): missing.append(change.key)
            case (nil, _): patch[change.key] = .null
            case (let new?, let old) where new == old: break
            case (_, _?) where !overwrite:
                throw CommandFailure(
                    "error: '\(change.key)' already has a value (\(current[change.key] ?? "")), and --overwrite is false"
                )
            case (let new?, _): patch[change.key] = .string(new)
            }
        }
        return (patch, missing)
    }
}
