package import Client
package import Logging
import Objects

/// berth-node as a whole.
package struct NodeAgent: Sendable {
    private let settings: NodeSettings
    private let client: APIClient
    private let log: Logger

    package init(_ settings: NodeSettings, client: APIClient, log: Logger) {
        self.settings = settings
        self.client = client
        self.log = log
    }

    /// Runs until its task is cancelled. Pods go on after that.
    ///
    /// - Parameter ready: called when the node's socket is open and the node is registered
    package func run(ready: @escaping @Sendable () -> Void) async throws {
        let lock = try StateLock(settings.paths)
        defer { lock.release() }
        let facts = try MachineFacts.read(bridge: settings.bridge)
        let registration = NodeRegistration(name: settings.nodeName, facts: facts, podCIDR: settings.podCIDR)
        let engine = try ProcessEngine(
            paths: settings.paths, network: settings.network, hidden: [settings.volumeRoot])
        let events = EventWriter(component: "berth-node", host: settings.nodeName)
        let context = NodeContext(
            settings: settings, client: client, engine: engine, events: events, log: log,
            node: registration.object(now: .now()), nodeAddress: facts.address)
        let pods = PodManager(context)
        let server = NodeServer(context, pods)
        try await server.start()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await events.run(client) }
            group.addTask {
                _ = try await registration.register(client, log)
                ready()
                try await pods.run()
            }
            group.addTask { try await LocalProvisioner(context).run() }
            try await group.next()
            group.cancelAll()
        }
    }
}
