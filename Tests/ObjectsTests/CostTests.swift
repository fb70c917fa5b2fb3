import TestSupport
import Testing

@testable import Objects

/// Objects made to cost far more than their bytes: what is reported about them is bounded, and what is looked up in
/// them takes no quadratic time. The times are for a debug build on a busy machine.
@Suite struct CostTests {
    private func decoded(_ resource: ResourceName, _ json: JSON) throws -> (object: Object, kind: KindSchema) {
        let kind = try #require(SchemaCatalog.builtin.kind(for: resource))
        return (try SchemaCatalog.builtin.decode(json, as: kind).object, kind)
    }

    private func expectQuick(_ body: () throws -> Void) rethrows {
        let time = try ContinuousClock().measure(body)
        #expect(time < .seconds(20))
    }

    // MARK: Problems

    @Test func problemsAreCounted() throws {
        let containers = JSON.array(Array(repeating: [:], count: 20_000))
        let json: JSON = ["metadata": ["name": "p", "namespace": "d"], "spec": ["containers": containers]]
        let (pod, kind) = try decoded(.pods, json)
        let found = SchemaCatalog.builtin.validateCreate(pod, kind)
        #expect(found.count == [FieldError].maximumCount)
        #expect(found.last?.message == "Too many: only the first 999 problems are listed")
        #expect(found.first?.field.hasPrefix("spec.containers[0]") == true, "\(found.first?.field ?? "")")
        // What was there before cannot be told from what is new.
        #expect(SchemaCatalog.builtin.validateUpdate(pod, old: pod, kind).count == [FieldError].maximumCount)
    }

    @Test func problemsOfListsInListsAreCounted() throws {
        let json: JSON = [
            "metadata": ["name": "e", "namespace": "d"],
            "subsets": .array(Array(repeating: ["ports": [["port": 0]]], count: 5_000)),
        ]
        let (endpoints, kind) = try decoded(.endpoints, json)
        #expect(SchemaCatalog.builtin.validateCreate(endpoints, kind).count == [FieldError].maximumCount)
    }

    /// Each problem shows the whole list.
    @Test func controllersAreReportedTenTimes() throws {
        let owners = (0..<1_000).map { number -> JSON in
            ["apiVersion": "v1", "kind": "Pod", "name": "p", "uid": .string("u\(number)"), "controller": true]
        }
        let json: JSON = ["metadata": ["name": "m", "namespace": "d", "ownerReferences": .array(owners)]]
        let (map, kind) = try decoded(.configMaps, json)
        let found = SchemaCatalog.builtin.validateCreate(map, kind)
        #expect(found.count == 10)
        #expect(found.allSatisfy { $0.field == "metadata.ownerReferences" && $0.message.utf8.count < 20_000 })
    }

    // MARK: Warnings

    private func warnings(_ ports: [JSON]) throws -> [String] {
        let kind = try #require(SchemaCatalog.builtin.kind(for: .pods))
        let container: JSON = ["name": "c", "image": "i", "ports": .array(ports)]
        let pod = Object(["metadata": ["name": "p"], "spec": ["containers": [container]]])
        return Warnings.of(pod, kind, isNew: true)
    }

    @Test func warningsAreCounted() throws {
        #expect(try warnings(Array(repeating: ["containerPort": 80], count: 2_000)).count == Warnings.maximumCount)
        let apart = (1...20_000).map { number -> JSON in
            ["containerPort": 80, "hostPort": .integer(Int64(number)), "name": "p"]
        }
        try expectQuick {
            let count = try warnings(apart).count
            #expect(count == Warnings.maximumCount)
        }
    }

    /// The same as comparing each port with all before it.
    @Test func portsClashAsPairs() throws {
        let seed = TestSeed.value()
        print("ports seed \(seed)")
        var random = SplitMix(state: seed)
        for _ in 0..<200 {
            let ports = (0..<8).map { _ -> JSON in
                let address = ["", "1.1.1.1", "2.2.2.2"][random.below(3)]
                return [
                    "containerPort": .integer(Int64(80 + random.below(2))), "protocol": "TCP",
                    "hostPort": .integer(Int64(random.below(3))), "hostIP": .string(address),
                ]
            }
            #expect(try warnings(ports) == Self.pairs(ports), "seed \(seed): \(encoded(.array(ports)))")
        }
    }

    private static func pairs(_ ports: [JSON]) -> [String] {
        var found: [String] = []
        for (index, port) in ports.enumerated() {
            for (place, other) in ports[..<index].enumerated() where port["containerPort"] == other["containerPort"] {
                guard let what = clash(port, other) else { continue }
                let field = "spec.containers[0].ports"
                found.append("\(field)[\(index)]: \(what) port definition with \(field)[\(place)]")
            }
        }
        return found
    }

    private static func clash(_ port: JSON, _ other: JSON) -> String? {
        let isSameHost = port["hostPort"] == other["hostPort"]
        if isSameHost, port["hostIP"] == other["hostIP"] { return "duplicate" }
        if port["hostPort"] == 0 || other["hostPort"] == 0 { return "overlapping" }
        let isUnclear = (port["hostIP"] == "") != (other["hostIP"] == "")
        return isSameHost && isUnclear ? "dangerously ambiguous" : nil
    }

    // MARK: Look-ups

    private func numbered(_ count: Int, _ value: JSON) -> JSON {
        .object(JSONObject((0..<count).map { ("key-number-\($0)", value) }))
    }

    @Test func manyKeysOfASecretAreQuick() throws {
        let json: JSON = ["metadata": ["name": "s", "namespace": "d"], "stringData": numbered(20_000, "x")]
        try expectQuick {
            let data = try decoded(.secrets, json).object["data"]?.object
            #expect(data?.count == 20_000)
        }
    }

    @Test func limitsAreRequestsUnlessThereIsOne() throws {
        let resources: JSON = ["limits": numbered(1_000, "2"), "requests": ["key-number-500": "1"]]
        let container: JSON = ["name": "c", "image": "i", "resources": resources]
        let json: JSON = ["metadata": ["name": "p", "namespace": "d"], "spec": ["containers": [container]]]
        let made = try decoded(.pods, json).object["spec", "containers"]?.array?.first
        let requests = made?.at("resources", "requests")?.object ?? JSONObject()
        #expect(requests.count == 1_000 && requests["key-number-500"] == "1" && requests["key-number-999"] == "2")
    }

    @Test func manyDeletionsOfAPatchAreQuick() throws {
        let names = (0..<20_000).map { JSON.string("example.com/number-\($0)") }
        let kind = try #require(SchemaCatalog.builtin.kind(for: .configMaps))
        try expectQuick {
            let patch: JSON = ["metadata": ["$deleteFromPrimitiveList/finalizers": .array(Array(names.dropLast()))]]
            let target: JSON = ["metadata": ["finalizers": .array(names.reversed())]]
            let result = try StrategicMergePatch().apply(patch, to: target, as: kind)
            #expect(result.at("metadata", "finalizers")?.array == [names[names.count - 1]])
        }
    }

    /// What is done with a prepared set is what is done with the set.
    @Test func preparedFieldSetsAreTheSame() {
        let seed = TestSeed.value()
        print("field set seed \(seed)")
        var random = SplitMix(state: seed)
        func set() -> FieldSet {
            FieldSet(
                paths: (0...random.below(12)).map { _ in
                    (0...random.below(3)).map { _ in ["a", "b", "c", "\u{e9}", "e\u{301}"][random.below(5)] }
                })
        }
        for _ in 0..<500 {
            let (one, other, third) = (set(), set(), set())
            #expect(one.subtracting(FieldSet.Index(other)) == one.subtracting(other), "seed \(seed)")
            #expect(one.intersection(FieldSet.Index(other)) == one.intersection(other), "seed \(seed)")
            #expect(FieldSet.union(of: [one, other, third]) == one.union(other).union(third), "seed \(seed)")
        }
    }
}
