import Objects
import Registry
import Store
import TestSupport
import Testing

@Suite struct ApplyTests {
    private func apply(
        _ fixture: Fixture, _ manager: String, _ data: JSON, force: Bool = false
    ) async throws -> PatchOutcome {
        var map: JSON = ["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "a"]]
        if !data.isNull { map["data"] = data }
        return try await fixture.registry.patch(
            fixture.key(.configMaps, "a"), .apply, JSONEncoder.encode(map),
            options: WriteOptions(fieldManager: manager, force: force), by: .tester)
    }

    @Test func applyOwnsConflictsForcesAndReleases() async throws {
        let fixture = try await Fixture.ready()
        let first = try await apply(fixture, "one", ["k": "1", "j": "1"])
        #expect(first.created)
        #expect(!first.object.uid.isEmpty)
        let conflict = await fixture.failure { try await apply(fixture, "two", ["k": "2"]) }
        #expect(conflict?.code == 409)
        #expect(conflict?.causes.map(\.field) == [".data.k"])
        let forced = try await apply(fixture, "two", ["k": "2"], force: true)
        #expect(!forced.created)
        #expect(forced.object["data"] == ["k": "2", "j": "1"])
        let less = try await apply(fixture, "one", ["j": "1"])
        #expect(less.object["data"] == ["k": "2", "j": "1"])
        let released = try await apply(fixture, "one", nil)
        #expect(released.object["data"] == ["k": "2"])
    }

    @Test func theSameAgainIsNotWritten() async throws {
        let fixture = try await Fixture.ready()
        let first = try await apply(fixture, "one", ["k": "1"])
        fixture.pass(seconds: 60)
        let second = try await apply(fixture, "one", ["k": "1"])
        #expect(second.object == first.object)
    }

    @Test func otherWritesAreTrackedToo() async throws {
        let fixture = try await Fixture.ready()
        let made = try await fixture.make(Sample.configMap("a"), .configMaps)
        let entry = try #require(made["metadata", "managedFields"]?.array?.first)
        #expect(entry["manager"] == "tests")
        #expect(entry["operation"] == "Update")
        #expect(entry.at("fieldsV1", "f:data", "f:k") != nil)
        let patched = try await fixture.registry.patch(
            fixture.key(.configMaps, "a"), .merge, Array(#"{"data":{"n":"1"}}"#.utf8),
            options: WriteOptions(fieldManager: "other"), by: .tester)
        let managers = patched.object["metadata", "managedFields"]?.array?.compactMap { $0["manager"]?.string } ?? []
        #expect(Set(managers) == ["tests", "other"])
    }

    @Test func theNameMustFit() async throws {
        let fixture = try await Fixture.ready()
        let status = await fixture.failure {
            try await fixture.registry.patch(
                fixture.key(.configMaps, "b"), .apply,
                JSONEncoder.encode(["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "a"]]),
                options: WriteOptions(fieldManager: "one"), by: .tester)
        }
        #expect(status?.code == 400)
    }
}
