import Objects
import Registry
import Store
import TestSupport
import Testing

@Suite struct CreateTests {
    @Test func createdObjectIsReadBack() async throws {
        let fixture = try await Fixture.ready()
        let made = try await fixture.make(Sample.configMap("a"), .configMaps)
        #expect(try fixture.registry.get(fixture.key(.configMaps, "a")) == made)
        #expect(made.resourceVersion == String(fixture.engine.currentRevision))
        #expect(made.uid.count == 36)
        #expect(made.creationTimestamp == "2023-11-14T22:13:20Z")
    }

    @Test func storedBytesAreWhatAnAPIServerStores() async throws {
        let fixture = try await Fixture.ready()
        try await fixture.make(Sample.configMap("a"), .configMaps)
        let row = try #require(
            try fixture.engine.range(RangeRequest(.key(Array("/registry/configmaps/case/a".utf8)))).rows.first)
        let text = String(decoding: row.value, as: UTF8.self)
        #expect(
            text.hasPrefix(#"{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"a","namespace":"case","uid":""#))
        #expect(!text.contains("resourceVersion"))
    }

    @Test(arguments: [
        ("configMaps in an unknown namespace", "nowhere", 404, "NotFound", "namespaces \"nowhere\" not found"),
        ("a second one", "case", 409, "AlreadyExists", "configmaps \"a\" already exists"),
    ])
    func refusals(_ what: String, _ namespace: String, _ code: Int, _ reason: String, _ message: String) async throws {
        let fixture = try await Fixture.ready()
        try await fixture.make(Sample.configMap("a"), .configMaps)
        let status = await fixture.failure {
            try await fixture.registry.create(
                Object(Sample.configMap("a")), .configMaps, namespace: namespace, by: .tester)
        }
        #expect(status?.code == code)
        #expect(status?.reason == reason)
        #expect(status?.message == message)
    }

    @Test func aResourceVersionIsRefused() async throws {
        let fixture = try await Fixture.ready()
        var map = Object(Sample.configMap("a"))
        map.resourceVersion = "5"
        let status = await fixture.failure { try await fixture.make(map.json, .configMaps) }
        #expect(status?.code == 500)
        #expect(status?.reason == "")
    }

    @Test func namesAreGenerated() async throws {
        let fixture = try await Fixture.ready()
        var map = Object(Sample.configMap("a"))
        map["metadata", "name"] = nil
        map["metadata", "generateName"] = "web-"
        let first = try await fixture.make(map.json, .configMaps)
        let second = try await fixture.make(map.json, .configMaps)
        #expect(first.name.hasPrefix("web-") && first.name.count == 9)
        #expect(first.name != second.name)
    }

    @Test func dryRunWritesNothing() async throws {
        let fixture = try await Fixture.ready()
        let before = fixture.engine.currentRevision
        let made = try await fixture.make(Sample.service("s"), .services, options: WriteOptions(dryRun: true))
        #expect(made["spec", "clusterIP"]?.string?.hasPrefix("10.96.") == true)
        #expect(made.resourceVersion == "")
        #expect(fixture.engine.currentRevision == before)
    }

    @Test func aNewPodIsCompleted() async throws {
        let fixture = try await Fixture.ready()
        var pod = Object(Sample.pod("p"))
        pod["status"] = ["phase": "Running"]
        let made = try await fixture.make(pod.json, .pods)
        #expect(made.generation == 1)
        #expect(made["status"] == ["phase": "Pending", "qosClass": "BestEffort"])
        #expect(made["spec", "priority"] == 0)
        #expect(made["spec", "preemptionPolicy"] == "PreemptLowerPriority")
        #expect(made["spec", "tolerations"]?.array?.count == 2)
        #expect(made["spec", "restartPolicy"] == "Always")
        #expect(made["spec", "serviceAccountName"] == nil)
    }

    @Test(
        arguments: [
            (["requests": ["cpu": "1"]], "Burstable"),
            (
                ["limits": ["cpu": "1", "memory": "1Gi"], "requests": ["cpu": "1000m", "memory": "1024Mi"]],
                "Guaranteed"
            ),
            (["limits": ["cpu": "1", "memory": "1Gi"], "requests": ["cpu": "500m", "memory": "1Gi"]], "Burstable"),
            (["requests": ["cpu": "0"]], "BestEffort"),
            (["limits": ["cpu": "1"]], "Burstable"),
        ] as [(JSON, String)])
    func qualityOfService(_ resources: JSON, _ expected: String) async throws {
        let fixture = try await Fixture.ready()
        let pod: JSON = [
            "apiVersion": "v1", "kind": "Pod", "metadata": ["name": "p"],
            "spec": ["containers": [["name": "c", "image": "i", "resources": resources]]],
        ]
        #expect(try await fixture.make(pod, .pods)["status", "qosClass"]?.string == expected)
    }

    @Test func aNewSetHasAStatusOfZeroes() async throws {
        let fixture = try await Fixture.ready()
        let made = try await fixture.make(Sample.statefulSet("web"), .statefulSets)
        #expect(made["status"] == ["replicas": 0, "availableReplicas": 0])
        #expect(made.generation == 1)
    }

    @Test func volumesAndClaimsAreProtectedAndPending() async throws {
        let fixture = try await Fixture.ready()
        let volume = try await fixture.make(Sample.volume("v"), .persistentVolumes)
        let claim = try await fixture.make(Sample.claim("c"), .persistentVolumeClaims)
        #expect(volume.finalizers == ["kubernetes.io/pv-protection"])
        #expect(volume["status", "phase"] == "Pending")
        #expect(claim.finalizers == ["kubernetes.io/pvc-protection"])
        #expect(claim["status"] == ["phase": "Pending"])
        #expect(claim["spec", "storageClassName"] == nil)
    }

    @Test func theNewestDefaultClassIsTaken() async throws {
        let fixture = try await Fixture.ready()
        try await fixture.make(Sample.storageClass("b-old", isDefault: true), .storageClasses)
        fixture.pass(seconds: 5)
        try await fixture.make(Sample.storageClass("z-new", isDefault: true), .storageClasses)
        try await fixture.make(Sample.storageClass("a-plain"), .storageClasses)
        let claim = try await fixture.make(Sample.claim("c"), .persistentVolumeClaims)
        #expect(claim["spec", "storageClassName"] == "z-new")
        let explicit = try await fixture.make(Sample.claim("d", className: ""), .persistentVolumeClaims)
        #expect(explicit["spec", "storageClassName"] == "")
    }

    @Test func theFlagNamesADefaultClass() async throws {
        let fixture = try await Fixture.ready(defaultStorageClass: "plain")
        try await fixture.make(Sample.storageClass("plain"), .storageClasses)
        let claim = try await fixture.make(Sample.claim("c"), .persistentVolumeClaims)
        #expect(claim["spec", "storageClassName"] == "plain")
    }
}
