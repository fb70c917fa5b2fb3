import Objects
import Registry
import Store
import TestSupport

@testable import Controllers

/// A garbage collector alone on a registry in memory, with ConfigMaps that own each other.
final class GarbageHarness: Sendable {
    let engine = MemoryEngine()
    let registry: Registry
    let collector: GarbageCollector
    let user = User(name: "test", userAgent: "test")

    init() async throws {
        registry = Registry(engine: engine)
        try await registry.bootstrap()
        let namespace = Object(["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": "case"]])
        _ = try? await registry.create(namespace, .namespaces, by: user)
        collector = GarbageCollector(SharedInformers(registry))
    }

    func key(_ name: String) -> ObjectKey { ObjectKey(.configMaps, namespace: "case", name: name) }

    func find(_ name: String) -> Object? { try? registry.find(key(name)) }

    var names: [String] { ((try? registry.list(.configMaps, namespace: "case").items) ?? []).map(\.name) }

    @discardableResult
    func make(_ name: String, ownedBy owner: Object? = nil, finalizers: [String] = []) async throws -> Object {
        var object = Object([
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": ["name": .string(name), "namespace": "case"],
        ])
        object.finalizers = finalizers
        if let owner { object.setOwnerReferences([reference(owner)]) }
        return try await registry.create(object, .configMaps, namespace: "case", by: user)
    }

    func reference(_ owner: Object) -> OwnerReference {
        OwnerReference(controller: owner, apiVersion: "v1", kind: "ConfigMap")
    }

    /// `c0` is owned by the last one, and every other by the one before it.
    func makeCircle(of size: Int) async throws {
        var last = try await make("c0")
        for index in 1..<max(1, size) { last = try await make("c\(index)", ownedBy: last) }
        let reference = reference(last)
        try await change("c0") { $0.setOwnerReferences([reference]) }
    }

    func change(_ name: String, _ body: @Sendable (inout Object) -> Void) async throws {
        _ = try await registry.update(key(name), by: user) { object throws(Status) in
            var object = object
            body(&object)
            return object
        }
    }

    func delete(_ name: String, _ propagation: Propagation) async throws {
        _ = try await registry.delete(key(name), options: DeleteOptions(propagation: propagation), by: user)
    }

    /// One look at an object, by a collector that was not started.
    @discardableResult
    func look(at object: Object) async -> SyncOutcome {
        await collector.sync(GarbageKey(key(object.name), object.uid))
    }

    /// False after fifty seconds.
    func wait(until condition: @Sendable () -> Bool) async -> Bool {
        let deadline = ContinuousClock.now + .seconds(50)
        while !condition() {
            guard ContinuousClock.now < deadline else { return false }
            try? await Task.sleep(for: .milliseconds(5))
        }
        return true
    }
}
