import Objects
import Registry
import Store
import TestSupport

@testable import Controllers

/// A registry in memory with all controllers running on it, and a hand that plays the node.
final class ControllerHarness: Sendable {
    let registry: Registry
    let volumes: VolumeControllers
    let controllers: WorkloadControllers
    let user = User(name: "test", userAgent: "test")

    init(engine: MemoryEngine = MemoryEngine()) async throws {
        registry = Registry(engine: engine)
        try await registry.bootstrap()
        let namespace = Object(["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": "case"]])
        _ = try? await registry.create(namespace, .namespaces, by: user)
        let informers = SharedInformers(registry)
        volumes = VolumeControllers(informers)
        controllers = WorkloadControllers(informers, binder: volumes.binder, namespaceGrace: .zero)
        try volumes.start()
        try controllers.start()
    }

    func stop() async {
        await volumes.stop()
        await controllers.stop()
    }

    func create(_ object: Object, _ resource: ResourceName) async throws {
        var object = object
        object["metadata", "uid"] = nil
        object["metadata", "generation"] = nil
        _ = try await registry.create(object, resource, namespace: object.namespace, by: user)
    }

    func find(_ resource: ResourceName, _ name: String) -> Object? {
        let namespace = registry.catalog.kind(for: resource)?.namespaced == false ? "" : "case"
        return try? registry.find(ObjectKey(resource, namespace: namespace, name: name))
    }

    func names(_ resource: ResourceName) -> [String] {
        ((try? registry.list(resource, namespace: "case").items) ?? []).map(\.name)
    }

    func change(
        _ resource: ResourceName, _ name: String, status: Bool = false, _ body: @Sendable (inout Object) -> Void
    )
        async throws
    {
        let key = ObjectKey(resource, namespace: "case", name: name)
        _ = try await registry.update(key, subresource: status ? .status : nil, by: user) { object throws(Status) in
            var object = object
            body(&object)
            return object
        }
    }

    func setReady(_ pod: String, _ ready: Bool = true) async throws {
        try await change(.pods, pod, status: true) { pod in
            pod["status"] = [
                "phase": "Running", "podIP": "10.89.0.7", "podIPs": [["ip": "10.89.0.7"]],
                "conditions": [
                    [
                        "type": "Ready", "status": ready ? "True" : "False",
                        "lastTransitionTime": "2026-01-01T00:00:00Z",
                    ]
                ],
            ]
        }
    }

    func delete(_ resource: ResourceName, _ name: String, _ options: DeleteOptions = DeleteOptions()) async throws {
        _ = try await registry.delete(
            ObjectKey(resource, namespace: resource == .namespaces ? "" : "case", name: name), options: options,
            by: user)
    }

    /// Waits until `condition` holds, looking again after each write to one of `resources`; false after fifty seconds.
    func wait(for resources: [ResourceName] = [.pods, .statefulSets], until condition: @escaping @Sendable () -> Bool)
        async -> Bool
    {
        let (changes, signal) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let handles = resources.compactMap { resource in
            try? registry.watch(resource, options: WatchOptions(.initialState)) { _ in
                signal.yield()
                return 0
            }
        }
        let deadline = Task {
            try? await Task.sleep(for: .seconds(50))
            signal.finish()
        }
        defer {
            deadline.cancel()
            for handle in handles { handle.cancel() }
        }
        if condition() { return true }
        for await _ in changes where condition() { return true }
        return condition()
    }
}
