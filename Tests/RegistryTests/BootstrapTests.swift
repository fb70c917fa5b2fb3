import Objects
import Registry
import TestSupport
import Testing

@Suite struct BootstrapTests {
    @Test func everyClusterHasTheseFromTheStart() async throws {
        let fixture = Fixture()
        try await fixture.registry.bootstrap()
        let names = try fixture.registry.list(.namespaces).items.map(\.name)
        #expect(names == ["default", "kube-node-lease", "kube-public", "kube-system"])
        let service = try fixture.registry.get(ObjectKey(.services, namespace: "default", name: "kubernetes"))
        #expect(service["spec", "clusterIP"] == "10.96.0.1")
        let classes = try fixture.registry.list(.storageClasses).items
        #expect(classes.map(\.name) == ["berth-local", "berth-local-wait"])
        #expect(try fixture.registry.defaultStorageClass() == nil)
    }

    @Test func theSecondStartChangesNothing() async throws {
        let fixture = Fixture()
        try await fixture.registry.bootstrap()
        _ = try await fixture.registry.delete(ObjectKey(.storageClasses, name: "berth-local"), by: .tester)
        let revision = fixture.engine.currentRevision
        try await fixture.registry.bootstrap()
        #expect(fixture.engine.currentRevision == revision)
    }
}
