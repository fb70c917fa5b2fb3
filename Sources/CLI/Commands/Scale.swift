import ArgumentParser
import Client
import Objects

struct Scale: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Set the number of replicas.", discussion: "berth scale statefulset web --replicas=3")

    @Argument(help: "TYPE NAME... or TYPE/NAME...")
    var resources: [String] = []

    @Option(help: "How many there shall be.")
    var replicas: Int64

    @Option(name: .customLong("current-replicas"), help: "Only if there are this many now.")
    var currentReplicas: Int64?

    @OptionGroup var files: FilenameOptions
    @OptionGroup var namespace: NamespaceOptions
    @OptionGroup var dryRun: DryRunOptions
    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        guard replicas >= 0 else {
            throw ValidationError("The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0")
        }
    }

    func run() async throws {
        let berth = connection.connect()
        var failures = Failures()
        for (resource, name) in try await objects(berth) {
            try await failures.collect {
                try await scale(resource, name, berth.client)
                Console.line("\(resource.named(name)) scaled\(dryRun.mode.suffix)")
            }
        }
        try failures.finish()
    }

    private func objects(_ berth: Connection) async throws -> [(resource: APIResource, name: String)] {
        if !files.filename.isEmpty {
            var objects: [(resource: APIResource, name: String)] = []
            for manifest in try files.load() {
                let target = try await ManifestTarget.resolve(manifest, berth.resolver, namespace)
                objects.append((target.resource, target.object.name))
            }
            return objects
        }
        guard case .objects(let objects) = try await ResourceArguments.resolve(resources, berth.resolver) else {
            throw CommandFailure("error: resource(s) were provided, but no name was specified")
        }
        return objects
    }

    private func scale(_ resource: APIResource, _ name: String, _ client: APIClient) async throws {
        let space = resource.namespaced ? namespace.effective : ""
        var patch: JSON = ["spec": ["replicas": .integer(replicas)]]
        if let expected = currentReplicas {
            let scale = try await client.get(resource, namespace: space, name: name, subresource: "scale")
            let actual = scale["spec", "replicas"]?.integer ?? 0
            guard actual == expected else {
                throw CommandFailure("error: Expected replicas to be \(expected), was \(actual)")
            }
            patch.set(["metadata", "resourceVersion"], .string(scale.resourceVersion))
        }
        guard dryRun.mode != .client else {
            _ = try await client.get(resource, namespace: space, name: name, subresource: "scale")
            return
        }
        _ = try await client.patch(
            resource, namespace: space, name: name, subresource: "scale", type: .merge, patch: patch,
            query: WriteQuery(fieldManager: "kubectl", dryRun: dryRun.mode == .server))
    }
}
