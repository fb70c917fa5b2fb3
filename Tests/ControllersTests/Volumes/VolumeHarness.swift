import Objects
import Registry
import Store
import TestSupport

@testable import Controllers

/// A registry in memory with the volume controllers running on it.
final class VolumeHarness: Sendable {
    let registry: Registry
    let controllers: VolumeControllers
    let user = User(name: "test", userAgent: "test")

    init(engine: MemoryEngine = MemoryEngine()) async throws {
        registry = Registry(engine: engine)
        try await registry.bootstrap()
        controllers = VolumeControllers(registry: registry)
        try controllers.start()
    }

    func stop() async { await controllers.stop() }

    func create(_ objects: Object...) async throws {
        for object in objects {
            var object = object
            for field in ["uid", "resourceVersion", "creationTimestamp"] { object["metadata", field] = nil }
            object["status"] = nil
            _ = try await registry.create(object, Self.resource(object.kind), namespace: object.namespace, by: user)
        }
    }

    func find(_ kind: String, _ name: String) -> Object? { try? registry.find(key(kind, name)) }
    func volume(_ name: String) -> Object? { find("PersistentVolume", name) }
    func claim(_ name: String) -> Object? { find("PersistentVolumeClaim", name) }
    func phase(_ object: Object?) -> String { object?["status", "phase"]?.string ?? "" }

    func delete(_ kind: String, _ name: String, _ options: DeleteOptions = DeleteOptions()) async throws {
        _ = try await registry.delete(key(kind, name), options: options, by: user)
    }

    func change(_ kind: String, _ name: String, _ body: @Sendable (inout Object) -> Void) async throws {
        _ = try await registry.update(key(kind, name), by: user) { object throws(Status) in
            var object = object
            body(&object)
            return object
        }
    }

    /// Reasons of the events about an object.
    func reasons(_ kind: String, _ name: String) -> Set<String> {
        let events = (try? registry.list(.events).items) ?? []
        return Set(
            events.filter {
                $0["involvedObject", "kind"]?.string == kind && $0["involvedObject", "name"]?.string == name
            }
            .compactMap { $0["reason"]?.string })
    }

    /// Waits until `condition` holds, looking again after each write; false after fifty seconds: a loaded machine is slow.
    func wait(until condition: @escaping @Sendable () -> Bool) async -> Bool {
        let (changes, signal) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let resources: [ResourceName] = [.persistentVolumes, .persistentVolumeClaims, .events, .pods]
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

    private func key(_ kind: String, _ name: String) -> ObjectKey {
        let namespaced = kind == "PersistentVolumeClaim" || kind == "Pod"
        return ObjectKey(Self.resource(kind), namespace: namespaced ? "default" : "", name: name)
    }

    private static func resource(_ kind: String) -> ResourceName {
        switch kind {
        case "PersistentVolume": .persistentVolumes
        case "PersistentVolumeClaim": .persistentVolumeClaims
        case "StorageClass": .storageClasses
        case "Node": .nodes
        default: .pods
        }
    }
}
