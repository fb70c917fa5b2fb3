import Objects
import Registry
import Store
import TestSupport
import Testing

@testable import Controllers

/// The namespace controller alone on a registry in memory, one look after the other.
@Suite struct NamespaceTests {
    private struct Cluster: Sendable {
        let registry: Registry
        let controller: NamespaceController
        let informers: SharedInformers
        let user = User(name: "test", userAgent: "test")
        let key = ObjectKey(.namespaces, name: "case")

        init() async throws {
            registry = Registry(engine: MemoryEngine())
            try await registry.bootstrap()
            let namespace = Object(["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": "case"]])
            _ = try? await registry.create(namespace, .namespaces, by: user)
            informers = SharedInformers(registry)
            controller = NamespaceController(informers, grace: .zero)
        }

        func make(_ name: String, _ finalizers: [String] = []) async throws {
            var object = Object([
                "apiVersion": "v1", "kind": "ConfigMap",
                "metadata": ["name": .string(name), "namespace": "case"],
            ])
            object.finalizers = finalizers
            _ = try await registry.create(object, .configMaps, namespace: "case", by: user)
        }

        func setFinalizers(_ finalizers: [String], of name: String) async throws {
            let key = ObjectKey(.configMaps, namespace: "case", name: name)
            _ = try await registry.update(key, by: user) { object throws(Status) in
                var object = object
                object.finalizers = finalizers
                return object
            }
        }

        func delete() async throws { _ = try await registry.delete(key, by: user) }

        var namespace: Object? { try? registry.find(key) }

        var names: [String] { ((try? registry.list(.configMaps, namespace: "case").items) ?? []).map(\.name) }
    }

    private func milliseconds(_ outcome: SyncOutcome) -> Int64? {
        guard case .again(let delay) = outcome else { return nil }
        return delay.components.seconds * 1000 + delay.components.attoseconds / 1_000_000_000_000_000
    }

    @Test func looksLessOftenAtWhatDoesNotChange() async throws {
        let cluster = try await Cluster()
        try await cluster.make("one", ["example.com/hold"])
        try await cluster.make("two", ["example.com/hold", "example.com/other"])
        try await cluster.delete()
        var delays: [Int64?] = []
        for _ in 0..<10 { delays.append(milliseconds(await cluster.controller.sync(cluster.key))) }
        #expect(delays == [100, 200, 400, 800, 1600, 3200, 6400, 12_800, 15_000, 15_000])
        // It gets emptier, and then it waits for something else.
        try await cluster.setFinalizers([], of: "one")
        #expect(milliseconds(await cluster.controller.sync(cluster.key)) == 100)
        #expect(milliseconds(await cluster.controller.sync(cluster.key)) == 200)
        try await cluster.setFinalizers(["example.com/other"], of: "two")
        #expect(milliseconds(await cluster.controller.sync(cluster.key)) == 100)
        try await cluster.setFinalizers([], of: "two")
        #expect(await cluster.controller.sync(cluster.key) == .done)
        #expect(cluster.namespace == nil)
    }

    @Test func saysHowMuchIsLeftAndWhatHoldsIt() async throws {
        let cluster = try await Cluster()
        for name in ["a", "b"] { try await cluster.make(name, ["example.com/hold"]) }
        try await cluster.delete()
        _ = await cluster.controller.sync(cluster.key)
        let remaining = cluster.namespace?.condition("NamespaceContentRemaining")?["message"]?.string
        #expect(remaining == "Some resources are remaining: configmaps. has 2 resource instances")
        let held = cluster.namespace?.condition("NamespaceFinalizersRemaining")?["message"]?.string
        #expect(
            held == "Some content in the namespace has finalizers remaining: example.com/hold in 2 resource instances")
    }

    /// A pod is heard of at once, however late the namespace would be looked at.
    @Test func hearsOfPodsThatGo() async throws {
        let cluster = try await ControllerHarness()
        let pod = Object([
            "apiVersion": "v1", "kind": "Pod",
            "metadata": ["name": "held", "namespace": "case", "finalizers": ["example.com/hold"]],
            "spec": ["containers": [["name": "c", "image": "x"]]],
        ])
        try await cluster.create(pod, .pods)
        try await cluster.delete(.namespaces, "case")
        #expect(
            await cluster.wait(for: [.namespaces, .pods]) {
                cluster.find(.namespaces, "case")?.condition("NamespaceFinalizersRemaining")?["status"] == "True"
            })
        try await cluster.change(.pods, "held") { $0.finalizers = [] }
        #expect(await cluster.wait(for: [.namespaces]) { cluster.find(.namespaces, "case") == nil })
        await cluster.stop()
    }

    /// Another namespace of the same name is not emptied, reported on or taken away for the one that is gone.
    @Test func leavesANamesakeAlone() async throws {
        let cluster = try await Cluster()
        try await cluster.make("one", ["example.com/hold"])
        try await cluster.delete()
        let before = cluster.namespace
        #expect(try await cluster.controller.empty(cluster.key, uid: "another") == nil)
        #expect((try? cluster.registry.list(.configMaps, namespace: "case").items.first?.isBeingDeleted) == false)
        await #expect(throws: Status.self) {
            try await cluster.controller.report(NamespaceRemains(), on: cluster.key, uid: "another")
        }
        await #expect(throws: Status.self) {
            try await cluster.controller.finalize(cluster.key, uid: "another")
        }
        #expect(cluster.namespace == before)
    }
}
