import Objects
import Registry
import Store
import TestSupport
import Testing

@Suite struct CreateReadTests {
    @Test func createdObjectIsRead() async throws {
        let registry = Registry(engine: MemoryEngine())
        let made = try await registry.create(
            Object(["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "a"], "data": ["k": "v"]]),
            .configMaps, namespace: "default", by: .daemon)
        let read = try registry.get(ObjectKey(.configMaps, namespace: "default", name: "a"))
        #expect(read == made)
        #expect(read.resourceVersion == "2")
        #expect(read.uid.count == 36)
    }
}
