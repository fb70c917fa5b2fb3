import ArgumentParser
import Client
import Objects

struct Replace: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Replace objects by what manifests say.", discussion: "berth replace -f pod.yaml")

    @OptionGroup var files: FilenameOptions
    @OptionGroup var namespace: NamespaceOptions
    @OptionGroup var dryRun: DryRunOptions
    @OptionGroup var validation: ValidationOptions
    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
        let berth = connection.connect()
        var failures = Failures()
        for manifest in try files.load() {
            try await failures.collect {
                let target = try await ManifestTarget.resolve(manifest, berth.resolver, namespace)
                if dryRun.mode != .client {
                    try await replace(target, berth.client)
                }
                Console.line("\(target.displayName) replaced\(dryRun.mode.suffix)")
            }
        }
        try failures.finish()
    }

    private func replace(_ target: ManifestTarget, _ client: APIClient) async throws {
        let query = WriteQuery(
            fieldManager: "kubectl-replace", fieldValidation: validation.value, dryRun: dryRun.mode == .server)
        do {
            _ = try await client.update(target.object, in: target.resource, query: query)
        } catch let status as Status {
            throw status.fromSource(target.source, "replacing")
        }
    }
}
