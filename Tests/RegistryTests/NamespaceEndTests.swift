import Objects
import Registry
import TestSupport
import Testing

/// Between the look at a namespace and the write into it the namespace may change.
@Suite struct NamespaceEndTests {
    private static let namespace = ObjectKey(.namespaces, name: "case")

    private func ready() async throws -> (Fixture, InterceptedEngine) {
        let engine = InterceptedEngine(MemoryEngine())
        let fixture = Fixture(on: engine)
        try await fixture.make(["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": "case"]], .namespaces)
        return (fixture, engine)
    }

    private static func end(_ registry: Registry, isGone: Bool) async throws {
        _ = try await registry.delete(namespace, by: .tester)
        guard isGone else { return }
        _ = try await registry.update(namespace, subresource: .finalize, by: .tester) { old in
            var new = old
            new["spec", "finalizers"] = nil
            return new
        }
    }

    enum Way: String, CaseIterable, Sendable { case create, apply, commit }

    private static func write(_ way: Way, _ fixture: Fixture) async throws {
        let map = Sample.configMap("a")
        switch way {
        case .create: try await fixture.make(map, .configMaps)
        case .apply:
            _ = try await fixture.registry.patch(
                fixture.key(.configMaps, "a"), .apply, JSONEncoder.encode(map), by: .tester)
        case .commit:
            var object = Object(map)
            object.namespace = "case"
            _ = try await fixture.registry.commit([.create(.configMaps, object)], by: .tester)
        }
    }

    /// Whoever empties a namespace has looked for the last time by then.
    @Test(arguments: Way.allCases, [false, true])
    func nothingIsMadeInANamespaceThatEnds(_ way: Way, _ isGone: Bool) async throws {
        let (fixture, engine) = try await ready()
        let ended = LockedBox(false)
        engine.beforeNextWrite {
            try? await Self.end(fixture.registry, isGone: isGone)
            ended.withLock { $0 = true }
        }
        let refused = await fixture.failure { try await Self.write(way, fixture) }
        #expect(ended.withLock { $0 })
        #expect(refused?.code == (isGone ? 404 : 403), "\(String(describing: refused))")
        if !isGone { #expect(refused?.causes.first?.reason == "NamespaceTerminating") }
        #expect(try fixture.registry.find(fixture.key(.configMaps, "a")) == nil)
    }

    /// A change that means nothing to its content is no reason to refuse it.
    @Test(arguments: [Way.create, .apply])
    func aLabelOfTheNamespaceIsInNobodysWay(_ way: Way) async throws {
        let (fixture, engine) = try await ready()
        engine.beforeNextWrite {
            _ = try? await fixture.registry.update(Self.namespace, by: .tester) { old in
                var new = old
                new.setLabel("a", "b")
                return new
            }
        }
        try await Self.write(way, fixture)
        #expect(try fixture.registry.get(Self.namespace).label("a") == "b")
        #expect(try fixture.registry.find(fixture.key(.configMaps, "a")) != nil)
    }
}
