import Objects
import Registry
import Store
import TestSupport
import Testing

@Suite struct DeleteTests {
    @Test func aPlainObjectGoesAtOnce() async throws {
        let fixture = try await Fixture.ready()
        try await fixture.make(Sample.configMap("a"), .configMaps)
        let outcome = try await fixture.registry.delete(fixture.key(.configMaps, "a"), by: .tester)
        #expect(outcome.removed && !outcome.returnsObject)
        let again = await fixture.failure {
            try await fixture.registry.delete(fixture.key(.configMaps, "a"), by: .tester)
        }
        #expect(again?.message == "configmaps \"a\" not found")
    }

    @Test func finalizersHoldAnObject() async throws {
        let fixture = try await Fixture.ready()
        var map = Object(Sample.configMap("a"))
        map.finalizers = ["example.com/f"]
        try await fixture.make(map.json, .configMaps)
        let key = fixture.key(.configMaps, "a")
        let outcome = try await fixture.registry.delete(key, by: .tester)
        #expect(!outcome.removed)
        #expect(outcome.object["metadata", "deletionGracePeriodSeconds"] == 0)
        let added = await fixture.failure {
            try await fixture.registry.update(key, by: .tester) { old in
                var new = old
                new.finalizers += ["example.com/g"]
                return new
            }
        }
        #expect(added?.code == 422)
        #expect(added?.causes.map(\.field) == ["metadata.finalizers", "metadata.finalizers"])
        let last = try await fixture.registry.update(key, by: .tester) { old in
            var new = old
            new.finalizers = []
            new["metadata", "deletionTimestamp"] = nil
            return new
        }
        #expect(last.isBeingDeleted)
        #expect(try fixture.registry.find(key) == nil)
    }

    /// Whoever is out of space must be able to delete what a finalizer holds: that writes before it removes.
    @Test func finalizersDoNotKeepAFullStoreFull() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        var options = LocalEngineOptions()
        options.quotaBytes = 40_000
        let engine = try LocalEngine.open(directory: scratch.path + "/store", options: options)
        defer { engine.close() }
        let fixture = Fixture(on: engine)
        try await fixture.make(["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": "case"]], .namespaces)
        var held = Object(Sample.configMap("held"))
        held.finalizers = ["example.com/f"]
        try await fixture.make(held.json, .configMaps)
        var refusal: Status?
        for index in 0..<100 where refusal == nil {
            let map = Sample.configMap("m\(index)", data: ["k": .string(String(repeating: "v", count: 1_000))])
            refusal = await fixture.failure { try await fixture.make(map, .configMaps) }
        }
        #expect(refusal?.code == 507)

        let key = fixture.key(.configMaps, "held")
        #expect(try await !fixture.registry.delete(key, by: .tester).removed)
        _ = try await fixture.registry.update(key, by: .tester) { old in
            var new = old
            new.finalizers = []
            return new
        }
        #expect(try fixture.registry.find(key) == nil)
        let grown = await fixture.failure {
            try await fixture.registry.update(fixture.key(.configMaps, "m0"), by: .tester) { old in
                var new = old
                new["data"] = ["k": "other"]
                return new
            }
        }
        #expect(grown?.code == 507)
    }

    @Test func deletingAgainDoesNotWriteAgain() async throws {
        let fixture = try await Fixture.ready()
        var map = Object(Sample.configMap("a"))
        map.finalizers = ["example.com/f"]
        try await fixture.make(map.json, .configMaps)
        let key = fixture.key(.configMaps, "a")
        _ = try await fixture.registry.delete(key, by: .tester)
        fixture.pass(seconds: 5)
        let revision = fixture.engine.currentRevision
        _ = try await fixture.registry.delete(key, by: .tester)
        #expect(fixture.engine.currentRevision == revision)
    }

    @Test(arguments: [("uid", 409), ("version", 409)])
    func preconditions(_ which: String, _ code: Int) async throws {
        let fixture = try await Fixture.ready()
        try await fixture.make(Sample.configMap("a"), .configMaps)
        let options = which == "uid" ? DeleteOptions(uid: "other") : DeleteOptions(resourceVersion: "1")
        let status = await fixture.failure {
            try await fixture.registry.delete(fixture.key(.configMaps, "a"), options: options, by: .tester)
        }
        #expect(status?.code == code)
        #expect(status?.resource == "ConfigMap")
    }

    @Test(arguments: [
        (Propagation.foreground, ["foregroundDeletion"]), (.orphan, ["orphan"]),
    ])
    func propagationWaitsForTheGarbageCollector(_ propagation: Propagation, _ finalizers: [String]) async throws {
        let fixture = try await Fixture.ready()
        try await fixture.make(Sample.statefulSet("web"), .statefulSets)
        let outcome = try await fixture.registry.delete(
            fixture.key(.statefulSets, "web"), options: DeleteOptions(propagation: propagation), by: .tester)
        #expect(!outcome.removed)
        #expect(outcome.object.finalizers == finalizers)
        #expect(outcome.object.generation == 2)
    }

    // MARK: Pods

    @Test(
        arguments: [
            ("unscheduled", "", nil, true, 0), ("grace 0", "n1", 0, true, 0), ("default grace", "n1", nil, false, 30),
            ("negative grace", "n1", -5, false, 1), ("own grace", "n1", 7, false, 7),
        ] as [(String, String, Int64?, Bool, Int64)])
    func podsGoGracefully(
        _ what: String, _ node: String, _ grace: Int64?, _ removed: Bool, _ seconds: Int64
    ) async throws {
        let fixture = try await Fixture.ready()
        try await fixture.make(Sample.pod("p", node: node), .pods)
        let outcome = try await fixture.registry.delete(
            fixture.key(.pods, "p"), options: DeleteOptions(gracePeriodSeconds: grace), by: .tester)
        #expect(outcome.removed == removed)
        #expect(outcome.returnsObject)
        #expect(outcome.object["metadata", "deletionGracePeriodSeconds"]?.integer == seconds)
        #expect(
            outcome.object.deletionTimestamp
                == Timestamp(seconds: 1_700_000_000).adding(seconds: seconds).rfc3339)
        #expect(try (fixture.registry.find(fixture.key(.pods, "p")) == nil) == removed)
    }

    @Test func aGracePeriodOnlyShrinks() async throws {
        let fixture = try await Fixture.ready()
        try await fixture.make(Sample.pod("p", node: "n1"), .pods)
        let key = fixture.key(.pods, "p")
        _ = try await fixture.registry.delete(key, by: .tester)
        let longer = try await fixture.registry.delete(
            key, options: DeleteOptions(gracePeriodSeconds: 60), by: .tester)
        #expect(longer.object["metadata", "deletionGracePeriodSeconds"] == 30)
        let shorter = try await fixture.registry.delete(
            key, options: DeleteOptions(gracePeriodSeconds: 10), by: .tester)
        #expect(shorter.object["metadata", "deletionGracePeriodSeconds"] == 10)
        let now = try await fixture.registry.delete(
            key, options: DeleteOptions(gracePeriodSeconds: 0), by: .tester)
        #expect(now.removed)
        #expect(try fixture.registry.find(key) == nil)
    }

    /// No longer than Go's `time.Duration`, and never to a year that clients cannot read.
    @Test(arguments: [Int64.max, Int64.max - 1, 300_000_000_000, 9_223_372_037, 9_223_372_036])
    func aGracePeriodHasAnEnd(_ seconds: Int64) async throws {
        let fixture = try await Fixture.ready()
        var patient = Object(Sample.pod("patient", node: "n1"))
        patient["spec", "terminationGracePeriodSeconds"] = .integer(seconds)
        try await fixture.make(patient.json, .pods)
        for name in ["deleted", "evicted"] { try await fixture.make(Sample.pod(name, node: "n1"), .pods) }
        let options = DeleteOptions(gracePeriodSeconds: seconds)
        _ = try await fixture.registry.delete(fixture.key(.pods, "patient"), by: .tester)
        _ = try await fixture.registry.delete(fixture.key(.pods, "deleted"), options: options, by: .tester)
        _ = try await fixture.registry.evict(fixture.key(.pods, "evicted"), options: options, by: .tester)
        for name in ["patient", "deleted", "evicted"] {
            let key = fixture.key(.pods, name)
            let pod = try fixture.registry.get(key)
            #expect(pod["metadata", "deletionGracePeriodSeconds"] == 9_223_372_036)
            #expect(pod.deletionTimestamp == "2316-02-24T22:00:36Z")
            let shorter = try await fixture.registry.delete(
                key, options: DeleteOptions(gracePeriodSeconds: 10), by: .tester)
            #expect(shorter.object.deletionTimestamp == "2023-11-14T22:13:30Z")
        }
    }

    @Test func timesEndWhereYearsHaveFiveDigits() {
        let now = Timestamp(seconds: 1_700_000_000)
        #expect(now.adding(seconds: .max).rfc3339 == "9999-12-31T23:59:59Z")
        #expect(now.adding(seconds: 300_000_000_000).rfc3339 == "9999-12-31T23:59:59Z")
        #expect(now.adding(seconds: .min).rfc3339 == "0000-01-01T00:00:00Z")
        #expect(now.adding(seconds: -60).adding(seconds: 60) == now)
    }

    // MARK: Generations

    /// Kinds that count nothing keep what a client sent.
    @Test(
        arguments: [
            (ResourceName.configMaps, Sample.configMap("a")), (.persistentVolumes, Sample.volume("a")),
            (.persistentVolumeClaims, Sample.claim("a")),
        ] as [(ResourceName, JSON)])
    func theLargestGenerationStays(_ resource: ResourceName, _ json: JSON) async throws {
        let fixture = try await Fixture.ready()
        var object = Object(json)
        object.generation = .max
        object.finalizers = ["example.com/f"]
        #expect(try await fixture.make(object.json, resource).generation == .max)
        let outcome = try await fixture.registry.delete(fixture.key(resource, "a"), by: .tester)
        #expect(!outcome.removed && outcome.object.generation == .max)
    }

    @Test func theLargestGenerationOfASpecStays() async throws {
        let fixture = try await Fixture.ready()
        let made = try await fixture.make(
            ["metadata": ["name": "d", "generation": .integer(.max)], "spec": [:]], .csiDrivers)
        #expect(made.generation == .max)
        let key = fixture.key(.csiDrivers, "d")
        let updated = try await fixture.registry.update(key, by: .tester) { old in
            var new = old
            new["spec", "podInfoOnMount"] = true
            return new
        }
        #expect(updated.generation == .max && updated["spec", "podInfoOnMount"] == true)
        var changed = updated
        changed["spec", "podInfoOnMount"] = false
        let committed = try await fixture.registry.commit([.update(.csiDrivers, changed)], by: .tester)
        #expect(committed.first?.generation == .max && committed.first?["spec", "podInfoOnMount"] == false)
    }

    @Test func aPodWithFinalizersIsMarkedOnly() async throws {
        let fixture = try await Fixture.ready()
        try await fixture.make(Sample.pod("p", finalizers: ["example.com/f"]), .pods)
        let outcome = try await fixture.registry.delete(fixture.key(.pods, "p"), by: .tester)
        #expect(!outcome.removed)
        #expect(outcome.object["metadata", "deletionGracePeriodSeconds"] == 0)
    }

    // MARK: Namespaces

    @Test func aNamespaceTerminatesUntilItIsFinalized() async throws {
        let fixture = try await Fixture.ready()
        let key = ObjectKey(.namespaces, name: "case")
        let outcome = try await fixture.registry.delete(key, by: .tester)
        #expect(outcome.object["status", "phase"] == "Terminating")
        #expect(outcome.object["metadata", "deletionGracePeriodSeconds"] == nil)
        let refused = await fixture.failure { try await fixture.make(Sample.configMap("a"), .configMaps) }
        #expect(refused?.code == 403)
        #expect(refused?.causes.first?.reason == "NamespaceTerminating")
        let revision = fixture.engine.currentRevision
        _ = try await fixture.registry.delete(key, by: .tester)
        #expect(fixture.engine.currentRevision == revision)
        _ = try await fixture.registry.update(key, subresource: .finalize, by: .tester) { old in
            var new = old
            new["spec", "finalizers"] = nil
            return new
        }
        #expect(try fixture.registry.find(key) == nil)
    }

    @Test func aLiveNamespaceSurvivesFinalize() async throws {
        let fixture = try await Fixture.ready()
        let key = ObjectKey(.namespaces, name: "case")
        _ = try await fixture.registry.update(key, subresource: .finalize, by: .tester) { old in
            var new = old
            new["spec", "finalizers"] = nil
            return new
        }
        #expect(try fixture.registry.find(key) != nil)
    }

    @Test(arguments: ["default", "kube-system", "kube-public"])
    func someNamespacesStay(_ name: String) async throws {
        let fixture = Fixture()
        try await fixture.registry.bootstrap()
        let status = await fixture.failure {
            try await fixture.registry.delete(ObjectKey(.namespaces, name: name), by: .tester)
        }
        #expect(status?.code == 403)
    }
}
