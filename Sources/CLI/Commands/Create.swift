import ArgumentParser
import Client
import Objects

struct Create: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Create objects from manifests; existing ones are an error.", discussion: "berth create -f pod.yaml")

    @OptionGroup var files: FilenameOptions
    @OptionGroup var namespace: NamespaceOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var dryRun: DryRunOptions
    @OptionGroup var validation: ValidationOptions
    @OptionGroup var connection: ConnectionOptions

    @Flag(name: .customLong("save-config"), help: "Keep the manifest in an annotation, for a later apply.")
    var saveConfig = false

    func run() async throws {
        let printer = ObjectPrinter(
            format: try OutputFormat(output.output), showManagedFields: output.showManagedFields)
        let berth = connection.connect()
        var failures = Failures()
        var created: [(object: Object, name: String)] = []
        for manifest in try files.load() {
            try await failures.collect {
                let target = try await ManifestTarget.resolve(manifest, berth.resolver, namespace)
                let object = try await create(target, berth.client)
                let name = target.resource.named(object.name)
                if printer.format.isTable { Console.line("\(name) created\(dryRun.mode.suffix)") }
                created.append((object, name))
            }
        }
        if !created.isEmpty { Console.out(printer.print(created, asList: false)) }
        try failures.finish()
    }

    private func create(_ target: ManifestTarget, _ client: APIClient) async throws -> Object {
        let object = saveConfig ? LastApplied.annotated(target.object) : target.object
        guard dryRun.mode != .client else { return object }
        let query = WriteQuery(
            fieldManager: "kubectl-create", fieldValidation: validation.value, dryRun: dryRun.mode == .server)
        do {
            return try await client.create(object, in: target.resource, namespace: target.namespace, query: query)
        } catch let status as Status {
            throw status.fromSource(target.source, "creating")
        }
    }
}
