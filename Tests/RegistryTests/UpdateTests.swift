import Objects
import Registry
import Store
import TestSupport
import Testing

@Suite struct UpdateTests {
    private func put(_ fixture: Fixture, _ resource: ResourceName, _ name: String, _ json: JSON) async throws -> Object
    {
        try await fixture.registry.update(fixture.key(resource, name), by: .tester) { _ in Object(json) }
    }

    @Test func aReplacementKeepsIdentity() async throws {
        let fixture = try await Fixture.ready()
        let made = try await fixture.make(Sample.configMap("a"), .configMaps)
        fixture.pass(seconds: 60)
        let put = try await put(fixture, .configMaps, "a", Sample.configMap("a", data: ["k": "w"]))
        #expect(put.uid == made.uid)
        #expect(put.creationTimestamp == made.creationTimestamp)
        #expect(put["data"] == ["k": "w"])
        #expect(Int64(put.resourceVersion) == fixture.engine.currentRevision)
    }

    @Test func nothingChangedIsNotWritten() async throws {
        let fixture = try await Fixture.ready()
        let made = try await fixture.make(Sample.configMap("a"), .configMaps)
        let put = try await put(fixture, .configMaps, "a", Sample.configMap("a"))
        #expect(put == made)
    }

    @Test func versionZeroIsNoVersion() async throws {
        let fixture = try await Fixture.ready()
        try await fixture.make(Sample.configMap("a"), .configMaps)
        var map = Object(Sample.configMap("a", data: ["k": "w"]))
        map.resourceVersion = "0"
        #expect(try await put(fixture, .configMaps, "a", map.json)["data"] == ["k": "w"])
        map.resourceVersion = "abc"
        let json = map.json
        let status = await fixture.failure { try await put(fixture, .configMaps, "a", json) }
        #expect(status?.code == 500)
        #expect(status?.message == #"strconv.ParseUint: parsing "abc": invalid syntax"#)
    }

    /// An update cannot begin a deletion, and selfLink is nobody's.
    @Test func metadataOfTheSystem() async throws {
        let fixture = try await Fixture.ready()
        var new = Object(Sample.configMap("a"))
        new["metadata", "selfLink"] = "/a"
        new["metadata", "generation"] = 7
        new["metadata", "deletionTimestamp"] = "2020-01-01T00:00:00Z"
        let made = try await fixture.make(new.json, .configMaps)
        #expect(made["metadata", "selfLink"] == nil)
        #expect(made["metadata", "deletionTimestamp"] == nil)
        #expect(made.generation == 7)
        new.generation = 9
        new["metadata", "deletionTimestamp"] = nil
        #expect(try await put(fixture, .configMaps, "a", new.json).generation == 7)
        new["metadata", "deletionTimestamp"] = "2020-01-01T00:00:00Z"
        let json = new.json
        let status = await fixture.failure { try await put(fixture, .configMaps, "a", json) }
        #expect(status?.causes.map(\.field) == ["metadata.deletionTimestamp", "metadata.deletionTimestamp"])
    }

    @Test(
        arguments: [
            ("a stale version", 409, "Conflict", { @Sendable (map: inout Object) in map.resourceVersion = "1" }),
            ("another name", 400, "BadRequest", { @Sendable (map: inout Object) in map.name = "b" }),
            ("another namespace", 400, "BadRequest", { @Sendable (map: inout Object) in map.namespace = "default" }),
            (
                "another UID", 409, "Conflict",
                { @Sendable (map: inout Object) in map.uid = "11111111-2222-3333-4444-555555555555" }
            ),
        ] as [(String, Int, String, @Sendable (inout Object) -> Void)])
    func refusals(
        _ what: String, _ code: Int, _ reason: String, _ change: @Sendable (inout Object) -> Void
    ) async throws {
        let fixture = try await Fixture.ready()
        try await fixture.make(Sample.configMap("a"), .configMaps)
        var map = Object(Sample.configMap("a", data: ["k": "w"]))
        change(&map)
        let json = map.json
        let status = await fixture.failure { try await put(fixture, .configMaps, "a", json) }
        #expect(status?.code == code)
        #expect(status?.reason == reason)
    }

    @Test func conflictHasUpstreamsText() async throws {
        let fixture = try await Fixture.ready()
        try await fixture.make(Sample.configMap("a"), .configMaps)
        let status = await fixture.failure {
            try await fixture.registry.update(fixture.key(.configMaps, "a"), by: .tester) { old in
                var new = old
                new.resourceVersion = "1"
                return new
            }
        }
        #expect(
            status?.message == "Operation cannot be fulfilled on configmaps \"a\": the object has been modified; "
                + "please apply your changes to the latest version and try again")
        #expect(status?.name == "a" && status?.resource == "configmaps")
    }

    @Test func concurrentChangesAllHappen() async throws {
        let fixture = try await Fixture.ready()
        try await fixture.make(Sample.configMap("a", data: [:]), .configMaps)
        let registry = fixture.registry
        let key = fixture.key(.configMaps, "a")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<40 {
                group.addTask {
                    _ = try await registry.update(key, by: .tester) { old in
                        var new = old
                        new["data", "k\(index)"] = "v"
                        return new
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try registry.get(key)["data"]?.object?.count == 40)
    }

    @Test func leasesNeedAResourceVersion() async throws {
        let fixture = try await Fixture.ready()
        let lease: JSON = [
            "apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": ["name": "l"],
            "spec": ["holderIdentity": "a"],
        ]
        try await fixture.make(lease, .leases)
        let status = await fixture.failure { try await put(fixture, .leases, "l", lease) }
        #expect(status?.code == 422)
        #expect(status?.causes.first?.field == "metadata.resourceVersion")
    }

    @Test func generationFollowsTheSpecOnly() async throws {
        let fixture = try await Fixture.ready()
        try await fixture.make(Sample.statefulSet("web"), .statefulSets)
        let key = fixture.key(.statefulSets, "web")
        let annotated = try await fixture.registry.update(key, by: .tester) { old in
            var new = old
            new.setAnnotation("a", "b")
            return new
        }
        #expect(annotated.generation == 1)
        let scaled = try await fixture.registry.update(key, by: .tester) { old in
            var new = old
            new["spec", "replicas"] = 1
            new["metadata", "generation"] = 77
            return new
        }
        #expect(scaled.generation == 2)
    }

    @Test func statusAndSpecAreWrittenApart() async throws {
        let fixture = try await Fixture.ready()
        try await fixture.make(Sample.statefulSet("web", replicas: 1), .statefulSets)
        let key = fixture.key(.statefulSets, "web")
        let both: @Sendable (Object) throws(Status) -> Object = { old throws(Status) in
            var new = old
            new["spec", "replicas"] = 7
            new["status", "replicas"] = 9
            return new
        }
        let status = try await fixture.registry.update(key, subresource: .status, by: .tester, both)
        #expect(status["spec", "replicas"] == 1)
        #expect(status["status", "replicas"] == 9)
        #expect(status.generation == 1)
        let spec = try await fixture.registry.update(key, by: .tester) { old in
            var new = old
            new["spec", "replicas"] = 7
            new["status", "replicas"] = 3
            return new
        }
        #expect(spec["spec", "replicas"] == 7)
        #expect(spec["status", "replicas"] == 9)
    }

    @Test func scaleShowsAndSets() async throws {
        let fixture = try await Fixture.ready()
        try await fixture.make(Sample.statefulSet("web", replicas: 2), .statefulSets)
        let key = fixture.key(.statefulSets, "web")
        let scale = try await fixture.registry.update(key, subresource: .scale, by: .tester) { old in
            var new = old
            new["spec", "replicas"] = 5
            return new
        }
        #expect(scale.kind == "Scale")
        #expect(scale["spec", "replicas"] == 5)
        #expect(scale["status", "selector"] == "app=nginx")
        #expect(try fixture.registry.get(key)["spec", "replicas"] == 5)
        let negative = await fixture.failure {
            try await fixture.registry.update(key, subresource: .scale, by: .tester) { old in
                var new = old
                new["spec", "replicas"] = -1
                return new
            }
        }
        #expect(negative?.code == 422)
    }

    @Test func phaseChangesAreTimed() async throws {
        let fixture = try await Fixture.ready()
        try await fixture.make(Sample.volume("v"), .persistentVolumes)
        fixture.pass(seconds: 10)
        let available = try await fixture.registry.update(
            fixture.key(.persistentVolumes, "v"), subresource: .status, by: .tester
        ) { old in
            var new = old
            new["status", "phase"] = "Available"
            return new
        }
        #expect(available["status", "lastPhaseTransitionTime"] == "2023-11-14T22:13:30Z")
    }

    /// What is not valid is said before what is not admitted, as upstream.
    @Test(arguments: [("Pending", true, 422), ("Bound", false, 403), ("Bound", true, 0)])
    func resizeNeedsABoundClaimOfAnExpandingClass(_ phase: String, _ expands: Bool, _ code: Int) async throws {
        let fixture = try await Fixture.ready()
        try await fixture.make(Sample.storageClass("s", expands: expands), .storageClasses)
        try await fixture.make(Sample.claim("c", className: "s", volume: "v"), .persistentVolumeClaims)
        let key = fixture.key(.persistentVolumeClaims, "c")
        _ = try await fixture.registry.update(key, subresource: .status, by: .tester) { old in
            var new = old
            new["status", "phase"] = .string(phase)
            return new
        }
        let status = await fixture.failure {
            try await fixture.registry.update(key, by: .tester) { old in
                var new = old
                new["spec", "resources"] = ["requests": ["storage": "2Gi"]]
                return new
            }
        }
        #expect((status?.code ?? 0) == code)
    }
}
