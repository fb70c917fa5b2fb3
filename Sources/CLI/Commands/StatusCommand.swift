import ArgumentParser
import Client
import Objects

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Whether the daemon is ready, and what it holds.",
        discussion: "berth status --wait --timeout=10s     for scripts that have just started it")

    @OptionGroup var connection: ConnectionOptions

    @Flag(help: "Wait until it is ready.")
    var wait = false

    @Option(help: "How long to wait.")
    var timeout = GoDuration(seconds: 30)

    private static let counted: [ResourceName] = [
        .nodes, .persistentVolumes, .persistentVolumeClaims, .statefulSets, .pods,
    ]

    func run() async throws {
        let client = connection.connect().client
        if wait { try await waitUntilReady(client) }
        let version = try await client.json(.get, "/version")
        let ready = try await readiness(client)
        Console.line("Daemon:   \(version["gitVersion"]?.string ?? "unknown") on \(client.transport.endpoint.path)")
        Console.line("Ready:    \(ready ?? "yes")")
        for resource in Self.counted {
            let list = try await client.list(resource)
            Console.line("\(resource.resource): \(Self.summary(list.items))")
        }
        if ready != nil { throw CommandFailure("") }
    }

    private func waitUntilReady(_ client: APIClient) async throws {
        let deadline = ContinuousClock.now + .seconds(timeout.seconds)
        while true {
            do {
                if try await readiness(client) == nil { return }
            } catch let error as ClientError where ContinuousClock.now < deadline && error.code != .permissionDenied {
                // Not listening yet.
            }
            guard ContinuousClock.now < deadline else {
                throw CommandFailure("error: not ready after \(timeout.seconds) s", exitCode: 2)
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Nil: ready; else why not.
    private func readiness(_ client: APIClient) async throws -> String? {
        do {
            _ = try await client.bytes("/readyz")
            return nil
        } catch let status as Status {
            return "no: \(status.message)"
        }
    }

    /// `4 (3 Bound, 1 Available)`
    private static func summary(_ objects: [Object]) -> String {
        var phases: [String: Int] = [:]
        for object in objects { if let phase = object.text("status", "phase") { phases[phase, default: 0] += 1 } }
        let parts = phases.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        return "\(objects.count)" + (parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))")
    }
}
