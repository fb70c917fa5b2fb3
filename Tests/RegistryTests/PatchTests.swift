import Objects
import Registry
import Store
import TestSupport
import Testing

@Suite struct PatchTests {
    private func patch(
        _ fixture: Fixture, _ resource: ResourceName, _ name: String, _ kind: PatchKind, _ text: String,
        _ subresource: Subresource? = nil, options: WriteOptions = WriteOptions()
    ) async throws -> PatchOutcome {
        try await fixture.registry.patch(
            fixture.key(resource, name), kind, Array(text.utf8), subresource: subresource, options: options,
            by: .tester)
    }

    @Test func mergePatchChangesAndRemoves() async throws {
        let fixture = try await Fixture.ready()
        try await fixture.make(Sample.configMap("a", data: ["k": "v", "x": "y"]), .configMaps)
        let outcome = try await patch(
            fixture, .configMaps, "a", .merge, #"{"data":{"k":null,"n":"1"},"metadata":{"labels":{"l":"1"}}}"#)
        #expect(outcome.object["data"] == ["x": "y", "n": "1"])
        #expect(outcome.object.labels == ["l": "1"])
    }

    @Test(arguments: [
        (PatchKind.merge, #"{"metadata":{"name":"b"}}"#, 400), (.merge, #"{"metadata":{"resourceVersion":"1"}}"#, 409),
        (.merge, "{", 400), (.json, #"[{"op":"test","path":"/data/k","value":"no"}]"#, 422),
        (.json, #"[{"op":"remove","path":"/data/none"}]"#, 422), (.json, #"[{"op":"fly","path":"/data"}]"#, 422),
        (.merge, #"{"metadata":{"uid":"11111111-2222-3333-4444-555555555555"}}"#, 422),
        (.merge, #"{"data":{"k":1}}"#, 422),
    ])
    func refusals(_ kind: PatchKind, _ text: String, _ code: Int) async throws {
        let fixture = try await Fixture.ready()
        try await fixture.make(Sample.configMap("a"), .configMaps)
        let status = await fixture.failure { try await patch(fixture, .configMaps, "a", kind, text) }
        #expect(status?.code == code)
    }

    @Test func unknownFieldsAreReported() async throws {
        let fixture = try await Fixture.ready()
        try await fixture.make(Sample.configMap("a"), .configMaps)
        let warned = try await patch(fixture, .configMaps, "a", .merge, #"{"dada":{"x":"y"}}"#)
        #expect(warned.warnings == ["unknown field \"dada\""])
        #expect(warned.object["dada"] == nil)
        let strict = await fixture.failure {
            try await patch(
                fixture, .configMaps, "a", .merge, #"{"dada":{"x":"y"}}"#,
                options: WriteOptions(fieldValidation: .strict))
        }
        #expect(strict?.code == 422)
    }

    @Test func strategicPatchMergesByKeyAndDefaults() async throws {
        let fixture = try await Fixture.ready()
        try await fixture.make(Sample.statefulSet("web"), .statefulSets)
        let outcome = try await patch(
            fixture, .statefulSets, "web", .strategic,
            #"{"spec":{"template":{"spec":{"containers":[{"name":"b","image":"i2"}]}}}}"#)
        let containers = outcome.object["spec", "template", "spec", "containers"]?.array ?? []
        #expect(Set(containers.compactMap { $0["name"]?.string }) == ["nginx", "b"])
        #expect(containers.allSatisfy { $0["imagePullPolicy"] != nil })
        #expect(outcome.object.generation == 2)
    }

    @Test func scaleIsPatched() async throws {
        let fixture = try await Fixture.ready()
        try await fixture.make(Sample.statefulSet("web"), .statefulSets)
        let outcome = try await patch(fixture, .statefulSets, "web", .merge, #"{"spec":{"replicas":3}}"#, .scale)
        #expect(outcome.object.kind == "Scale")
        #expect(try fixture.registry.get(fixture.key(.statefulSets, "web"))["spec", "replicas"] == 3)
    }

    @Test func statusIsPatchedWithLabels() async throws {
        let fixture = try await Fixture.ready()
        try await fixture.make(Sample.claim("c", className: "none"), .persistentVolumeClaims)
        let ignored = try await patch(
            fixture, .persistentVolumeClaims, "c", .merge, #"{"status":{"phase":"Bound"}}"#)
        #expect(ignored.object["status", "phase"] == "Pending")
        let outcome = try await patch(
            fixture, .persistentVolumeClaims, "c", .merge,
            #"{"status":{"phase":"Bound"},"metadata":{"labels":{"x":"y"}},"spec":{"volumeName":"v"}}"#, .status)
        #expect(outcome.object["status", "phase"] == "Bound")
        #expect(outcome.object.labels == ["x": "y"])
        #expect(outcome.object["spec", "volumeName"] == nil)
    }
}
