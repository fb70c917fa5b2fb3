import ArgumentParser
import Client
import Objects

struct Patch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Change fields of an object.",
        discussion: """
            berth patch sts web -p '{"spec":{"replicas":3}}'
            berth patch pvc pv-claim --type=json -p '[{"op":"remove","path":"/metadata/labels/a"}]'
            """)

    enum Kind: String, ExpressibleByArgument, CaseIterable {
        case strategic, merge, json
    }

    @Argument(help: "TYPE NAME or TYPE/NAME.")
    var resources: [String] = []

    @Option(name: .shortAndLong, help: "The patch, JSON or YAML.")
    var patch: String?

    @Option(name: .customLong("patch-file"), help: "A file with the patch.")
    var patchFile: String?

    @Option(help: "How the patch is written.")
    var type = Kind.strategic

    @Option(help: "status or scale.")
    var subresource: String?

    @OptionGroup var namespace: NamespaceOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var dryRun: DryRunOptions
    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
        let patch = try parsedPatch()
        let berth = connection.connect()
        guard case .objects(let objects) = try await ResourceArguments.resolve(resources, berth.resolver) else {
            throw CommandFailure("error: resource(s) were provided, but no name was specified")
        }
        let printer = ObjectPrinter(
            format: try OutputFormat(output.output), showManagedFields: output.showManagedFields)
        var failures = Failures()
        for (resource, name) in objects {
            try await failures.collect {
                let (before, after) = try await apply(patch, resource, name, berth.client)
                guard printer.format.isTable else {
                    return Console.out(printer.print([(after, resource.named(name))], asList: false))
                }
                let unchanged = before.resourceVersion == after.resourceVersion && dryRun.mode == .none
                Console.line("\(resource.named(name)) patched\(unchanged ? " (no change)" : "")\(dryRun.mode.suffix)")
            }
        }
        try failures.finish()
    }

    private func parsedPatch() throws -> JSON {
        guard let text = try patch ?? patchFile.map(ManifestLoader.read) else {
            throw CommandFailure("error: must specify --patch or --patch-file containing the contents of the patch")
        }
        do {
            guard let value = try YAMLReader.documents(text).first?.value else {
                throw YAMLProblem(line: 0, message: "it is empty")
            }
            return value
        } catch {
            throw CommandFailure("error: unable to parse the patch: \(error)")
        }
    }

    private func apply(_ patch: JSON, _ resource: APIResource, _ name: String, _ client: APIClient) async throws
        -> (before: Object, after: Object)
    {
        guard dryRun.mode != .client else {
            throw CommandFailure("error: --dry-run=client is not supported here; use --dry-run=server")
        }
        let space = resource.namespaced ? namespace.effective : ""
        let before = try await client.get(resource, namespace: space, name: name)
        let kind: PatchType =
            switch type {
            // Kinds without a schema have no strategic merge.
            case .strategic:
                PatchShape.builtin(APIResourceName(apiVersion: resource.apiVersion, kind: resource.kind)) == nil
                    ? .merge : .strategic
            case .merge: .merge
            case .json: .json
            }
        let after = try await client.patch(
            resource, namespace: space, name: name, subresource: subresource, type: kind, patch: patch,
            query: WriteQuery(fieldManager: "kubectl-patch", dryRun: dryRun.mode == .server))
        return (before, after)
    }
}
