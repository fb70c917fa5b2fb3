import TestSupport
import Testing

@testable import Objects

@Suite struct ApplyTests {
    private func kind(_ resource: ResourceName) throws -> KindSchema {
        try #require(SchemaCatalog.builtin.kind(for: resource))
    }

    private func apply(
        _ body: JSON, to live: Object?, _ manager: String, force: Bool = false, _ resource: ResourceName = .configMaps
    ) throws -> Object {
        let kind = try kind(resource)
        let applied = try SchemaCatalog.builtin.decodeApplied(body, as: kind)
        let result = try FieldManager(kind).applied(
            applied, live: live, manager: manager, force: force, now: "2026-01-01T00:00:00Z")
        return try SchemaCatalog.builtin.canonical(result, as: kind)
    }

    @Test func recordedConversation() throws {
        let cases = fixture("objects/patches.json").array ?? []
        let steps = try #require(cases.first { $0["case"] == "api/server-side-apply" }?["steps"]?.array)
        var live: Object?
        for step in steps where step["code"] != 422 {
            let query = step["do"]?.string ?? ""
            let manager = query.contains("fieldManager=one") ? "one" : "two"
            let result = Result {
                try apply(step["body"] ?? .null, to: live, manager, force: query.contains("force=true"))
            }
            if step["code"] == 409 {
                let error = #expect(throws: Status.self) { try result.get() }
                #expect(
                    error?.causes.map(\.field) == [".data.k"] && error?.causes.first?.reason == "FieldManagerConflict")
                #expect(error?.message == #"Apply failed with 1 conflict: conflict with "one": .data.k"#)
            } else {
                live = try result.get()
                live?.uid = "u"
                let expected = step.at("answer", "data") ?? .null
                #expect(comparable(live?["data"] ?? .null) == comparable(expected), "\(query)")
            }
        }
    }

    @Test func setsAreUpstreams() throws {
        let body: JSON = [
            "apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": ["name": "web", "labels": ["a": "b"]],
            "spec": [
                "replicas": 1, "selector": ["matchLabels": ["a": "b"]],
                "template": [
                    "spec": ["containers": [["name": "c", "image": "i", "ports": [["containerPort": 80]]]]]
                ],
            ],
        ]
        let set = try apply(body, to: nil, "m", .statefulSets)
        let entry = try #require(set["metadata", "managedFields"]?.array?.first)
        #expect(
            encoded(entry["fieldsV1"] ?? .null) == #"{"f:metadata":{"f:labels":{"f:a":{}}},"f:spec":{"f:replicas":{},"#
                + #""f:selector":{},"f:template":{"f:spec":{"f:containers":{"k:{\"name\":\"c\"}":{".":{},"f:image":{},"#
                + #""f:name":{},"f:ports":{"k:{\"containerPort\":80,\"protocol\":\"TCP\"}":{".":{},"f:containerPort":{}}}"#
                + "}}}}}}")
        #expect(entry["operation"] == "Apply" && entry["manager"] == "m" && entry["time"] == "2026-01-01T00:00:00Z")
        let again = try #require(FieldSet(json: entry["fieldsV1"] ?? .null))
        #expect(again.json == entry["fieldsV1"])
    }

    @Test func createdObjectsAreOwnedByTheirCreator() throws {
        let kind = try kind(.configMaps)
        let body: JSON = [
            "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "a", "finalizers": ["x/y"]],
            "data": ["k": "1"],
        ]
        let new = try SchemaCatalog.builtin.decode(body, as: kind).object
        var created = FieldManager(kind).updated(new, live: nil, manager: "kubectl", now: "2026-01-01T00:00:00Z")
        let entry = try #require(created["metadata", "managedFields"]?.array?.first)
        #expect(
            encoded(entry["fieldsV1"] ?? .null)
                == #"{"f:data":{".":{},"f:k":{}},"f:metadata":{"f:finalizers":{".":{},"v:\"x/y\"":{}}}}"#)
        created.uid = "u"
        // Another client changes one field: it changes hands.
        var changed = created
        changed["data", "k"] = "2"
        let second = FieldManager(kind).updated(changed, live: created, manager: "curl", now: "2026-01-02T00:00:00Z")
        let owners = second["metadata", "managedFields"]?.array ?? []
        #expect(owners.map { $0["manager"]?.string } == ["kubectl", "curl"])
        #expect(encoded(owners[1]["fieldsV1"] ?? .null) == #"{"f:data":{"f:k":{}}}"#)
        // And an applier that wants it must say so.
        let error = #expect(throws: Status.self) {
            try apply(
                ["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "a"], "data": ["k": "3"]], to: second,
                "m")
        }
        #expect(
            error?.message
                == #"Apply failed with 1 conflict: conflict with "curl" using v1: .data.k"#)
    }

    private func pod(_ containers: [JSON]) -> JSON {
        ["apiVersion": "v1", "kind": "Pod", "metadata": ["name": "p"], "spec": ["containers": .array(containers)]]
    }

    @Test func listsMergeByKeyAndReleasedElementsGo() throws {
        var live = try apply(pod([["name": "a", "image": "1"], ["name": "b", "image": "1"]]), to: nil, "one", .pods)
        live.uid = "u"
        live = try apply(
            pod([["name": "c", "image": "1"], ["name": "b", "workingDir": "/x"]]), to: live, "two", .pods)
        #expect((live["spec", "containers"]?.array ?? []).map { $0["name"]?.string } == ["a", "c", "b"])
        live = try apply(pod([["name": "b", "image": "2"]]), to: live, "one", .pods)
        let containers = live["spec", "containers"]?.array ?? []
        #expect(containers.map { $0["name"]?.string } == ["c", "b"])
        #expect(containers.last?["image"] == "2" && containers.last?["workingDir"] == "/x")
        // Shared elements stay until their last owner lets go.
        live = try apply(["apiVersion": "v1", "kind": "Pod", "metadata": ["name": "p"]], to: live, "one", .pods)
        #expect((live["spec", "containers"]?.array ?? []).map { $0["name"]?.string } == ["c", "b"])
    }

    @Test func clientSideAppliedFieldsMoveToKubectl() throws {
        let kind = try kind(.configMaps)
        let config = #"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"k":"1"}}"#
        let body: JSON = [
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": [
                "name": "a", "annotations": ["kubectl.kubernetes.io/last-applied-configuration": .string(config)],
            ],
            "data": ["k": "1"],
        ]
        let new = try SchemaCatalog.builtin.decode(body, as: kind).object
        var live = FieldManager(kind).updated(
            new, live: nil, manager: "kubectl-client-side-apply", now: "2026-01-01T00:00:00Z")
        live.uid = "u"
        let next: JSON = ["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "a"], "data": ["k": "2"]]
        #expect(try apply(next, to: live, "kubectl")["data", "k"] == "2")
        #expect(throws: Status.self) { try apply(next, to: live, "other") }
    }

    private func failure(_ body: JSON, to live: Object? = nil, _ resource: ResourceName) -> Status? {
        do {
            _ = try apply(body, to: live, "m", resource)
            return nil
        } catch {
            return error as? Status
        }
    }

    @Test func whatDoesNotFitTheTypeIsRefused() {
        let map: JSON = ["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "a"]]
        for change in [["nosuch": 1], ["data": ["k": 5]], ["data": ["x"]]] as [JSON] {
            let status = failure(MergePatch.apply(change, to: map), .configMaps)
            #expect(status?.code == 500 && status?.reason == "", "\(change)")
            #expect(
                status?.message.hasPrefix("failed to create typed patch object (/a; /v1, Kind=ConfigMap): ") == true)
        }
        for change in [["kind": "Secret"], ["apiVersion": "v2"], ["apiVersion": nil]] as [JSON] {
            let status = failure(MergePatch.apply(change, to: map), .configMaps)
            #expect(status?.code == 400, "\(change)")
            #expect(status?.message.hasPrefix("invalid object type: ") == true)
        }
        #expect(failure(pod([["name": "a"], ["name": "a"]]), .pods)?.code == 500)
        #expect(failure(pod([["image": "a"], ["image": "b"]]), .pods)?.code == 500)
    }

    /// Keys have defaults: a container without a name is the one whose name is empty, which validation refuses.
    @Test func aMissingKeyIsItsDefault() throws {
        let made = try apply(pod([["image": "a"]]), to: nil, "m", .pods)
        #expect(made["spec", "containers"]?.array?.first?["name"] == "")
        #expect(
            made["metadata", "managedFields"]?.array?.first?.at("fieldsV1", "f:spec", "f:containers", #"k:{"name":""}"#)
                != nil)
    }

    /// What was sent is compared, not what it comes to.
    @Test func anotherSpellingOfAQuantityIsAConflict() throws {
        let volume = { (size: JSON) -> JSON in
            [
                "apiVersion": "v1", "kind": "PersistentVolume", "metadata": ["name": "a"],
                "spec": ["capacity": ["storage": size]],
            ]
        }
        let live = try apply(volume("1Gi"), to: nil, "one", .persistentVolumes)
        #expect(
            failure(volume("1024Mi"), to: live, .persistentVolumes)?.causes.map(\.field) == [".spec.capacity.storage"])
        #expect(failure(volume("1Gi"), to: live, .persistentVolumes) == nil)
    }

    /// A struct that others own stays, empty, when the last field in it is no longer applied; its defaults come back.
    @Test func whatOthersOwnStaysEmpty() throws {
        let kind = try kind(.statefulSets)
        let set = { (strategy: JSON) -> JSON in
            [
                "apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": ["name": "w"],
                "spec": ["updateStrategy": strategy],
            ]
        }
        let made = try SchemaCatalog.builtin.decode(set(["rollingUpdate": ["partition": 1]]), as: kind).object
        var live = FieldManager(kind).updated(made, live: nil, manager: "other", now: "2026-01-01T00:00:00Z")
        live.uid = "u"
        live = try apply(set(["rollingUpdate": ["partition": 2]]), to: live, "m", force: true, .statefulSets)
        let after = try apply(set([:]), to: live, "m", .statefulSets)
        #expect(after["spec", "updateStrategy"] == ["type": "RollingUpdate", "rollingUpdate": ["partition": 0]])
    }

    /// Of an object without owners an updater has all that a write through this endpoint could have set.
    @Test func theFirstApplyFindsAnOwner() throws {
        let kind = try kind(.namespaces)
        var live = Object([
            "apiVersion": "v1", "kind": "Namespace", "metadata": ["name": "a", "labels": ["l": "1"]],
            "spec": ["finalizers": ["kubernetes"]], "status": ["phase": "Active"],
        ])
        live.uid = "u"
        let body: JSON = ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": "a"]]
        let result = try FieldManager(kind).applied(
            Object(body), live: live, manager: "m", force: false, now: "2026-01-01T00:00:00Z")
        let owner = result["metadata", "managedFields"]?.array?.first
        #expect(owner?["manager"] == "before-first-apply")
        #expect(owner?.at("fieldsV1", "f:metadata") == ["f:labels": [".": [:], "f:l": [:]]])
        #expect(owner?.at("fieldsV1", "f:status") == nil)
    }

    /// Whatever two appliers do by turns: a field is in the object exactly if somebody owns it.
    @Test func ownersAndObjectAgree() throws {
        let seed = TestSeed.value()
        print("apply seed \(seed)")
        var random = SplitMix(state: seed)
        var live: Object?
        for _ in 0..<300 {
            var data = JSONObject()
            for key in ["a", "b", "c", "d"] where random.below(2) == 0 { data[key] = .string("\(random.below(2))") }
            let body: JSON = [
                "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "a"], "data": .object(data),
            ]
            let manager = "m\(random.below(3))"
            live = try apply(body, to: live, manager, force: true)
            live?.uid = "u"
            var owned: Set<String> = []
            for entry in live?["metadata", "managedFields"]?.array ?? [] {
                for key in entry.at("fieldsV1", "f:data")?.object?.keys ?? [] where key != "." { owned.insert(key) }
            }
            let present = Set((live?["data"]?.object?.keys ?? []).map { "f:" + $0 })
            #expect(owned == present, "seed \(seed)")
            for (key, value) in data { #expect(live?["data", key] == value, "seed \(seed)") }
        }
    }
}
