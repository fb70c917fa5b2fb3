import ArgumentParser
import Client
import Objects

struct Apply: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Create or change objects so that they are what their manifests say.",
        discussion: """
            berth apply -f pod.yaml
            berth apply -f examples/tutorial/         all files of a folder, by name
            cat pod.yaml | berth apply -f -

            What the last applied manifest said and this one does not is removed; what others set stays.
            """)

    @OptionGroup var files: FilenameOptions
    @OptionGroup var namespace: NamespaceOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var dryRun: DryRunOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var validation: ValidationOptions

    @Flag(name: .customLong("server-side"), help: "Let the server merge, by the owners of fields.")
    var serverSide = false

    @Flag(name: .customLong("force-conflicts"), help: "With --server-side: take over fields that others own.")
    var forceConflicts = false

    @Option(name: .customLong("field-manager"), help: "With --server-side: the owner's name.")
    var fieldManager = "kubectl"

    func run() async throws {
        let printer = ObjectPrinter(
            format: try OutputFormat(output.output), showManagedFields: output.showManagedFields)
        let manifests = try files.load()
        let berth = connection.connect()
        let applier = Applier(client: berth.client, dryRun: dryRun.mode, validation: validation.value)
        var failures = Failures()
        var applied: [(object: Object, name: String)] = []
        for manifest in manifests {
            try await failures.collect {
                let target = try await ManifestTarget.resolve(manifest, berth.resolver, namespace)
                let (outcome, object) = try await apply(target, applier)
                if printer.format.isTable {
                    Console.line("\(target.displayName) \(outcome.rawValue)\(dryRun.mode.suffix)")
                }
                applied.append((object, target.displayName))
            }
        }
        if !applied.isEmpty { Console.out(printer.print(applied, asList: false)) }
        try failures.finish()
    }

    private func apply(_ target: ManifestTarget, _ applier: Applier) async throws -> (Applier.Outcome, Object) {
        do {
            guard serverSide else { return try await applier.apply(target) }
            guard dryRun.mode != .client else {
                throw CommandFailure(
                    "error: --dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)")
            }
            return (
                .serverSide,
                try await applier.applyOnServer(target, manager: fieldManager, force: forceConflicts)
            )
        } catch let status as Status {
            throw status.fromSource(target.source, "applying")
        }
    }
}

struct ValidationOptions: ParsableArguments {
    enum Mode: String, ExpressibleByArgument, CaseIterable {
        case strict, warn, ignore
        case on = "true"
        case off = "false"
    }

    @Option(help: "strict (true): refuse unknown and duplicate fields; warn; ignore (false).")
    var validate: Mode = .on

    /// The API's word for it.
    var value: String {
        switch validate {
        case .strict, .on: "Strict"
        case .warn: "Warn"
        case .ignore, .off: "Ignore"
        }
    }
}
