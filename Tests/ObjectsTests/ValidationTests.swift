import Testing

@testable import Objects

@Suite struct ValidationTests {
    private static let recorded = RecordedCreate.all.filter {
        ($0.code == 422 || $0.code == 201) && $0.name != "api/strict-fields"
    }

    /// Reasons and fields of every recorded refusal, and none for what was accepted.
    @Test(arguments: recorded)
    func problemsAreUpstreams(_ create: RecordedCreate) throws {
        let kind = try #require(create.kind)
        var object = try SchemaCatalog.builtin.decode(create.body, as: kind, validation: .ignore).object
        if kind.namespaced { object.namespace = "case" }
        let found = SchemaCatalog.builtin.validateCreate(object, kind)
        let expected = (create.code == 422 ? create.answer["causes"]?.array ?? [] : []).map {
            ($0.array ?? []).compactMap(\.string).joined(separator: " ")
        }
        #expect(found.map { "\($0.reason.rawValue) \($0.field)" }.sorted() == expected.sorted(), "\(found)")
    }
}

@Suite struct UpdateValidationTests {
    private func problems(_ resource: ResourceName, _ old: JSON, _ change: JSON) throws -> [String] {
        let kind = try #require(SchemaCatalog.builtin.kind(for: resource))
        let before = try SchemaCatalog.builtin.decode(old, as: kind).object
        let after = try SchemaCatalog.builtin.decode(MergePatch.apply(change, to: before.json), as: kind).object
        return SchemaCatalog.builtin.validateUpdate(after, old: before, kind)
            .map { "\($0.reason.rawValue) \($0.field)" }
    }

    private static let set: JSON = [
        "metadata": ["name": "web", "namespace": "d"],
        "spec": [
            "serviceName": "nginx", "selector": ["matchLabels": ["a": "b"]],
            "template": [
                "metadata": ["labels": ["a": "b"]], "spec": ["containers": [["name": "c", "image": "i"]]],
            ],
        ],
    ]

    @Test(arguments: [
        (#"{"spec":{"replicas":3,"minReadySeconds":2,"ordinals":{"start":1}}}"#, []),
        (#"{"spec":{"serviceName":"x"}}"#, ["FieldValueForbidden spec"]),
        (#"{"spec":{"podManagementPolicy":"Parallel"}}"#, ["FieldValueForbidden spec"]),
        (#"{"spec":{"replicas":-1}}"#, ["FieldValueInvalid spec.replicas"]),
        (#"{"metadata":{"uid":"x"}}"#, ["FieldValueInvalid metadata.uid"]),
        (
            #"{"spec":{"selector":{"matchLabels":{"a":"c"}}}}"#,
            ["FieldValueForbidden spec", "FieldValueInvalid spec.template.metadata.labels"]
        ),
    ])
    func statefulSet(_ change: String, _ expected: [String]) throws {
        #expect(try problems(.statefulSets, Self.set, try JSONParser.parse(change)).sorted() == expected.sorted())
    }

    @Test(arguments: [
        ("Pending", #"{"spec":{"volumeName":"pv"}}"#, []), ("Pending", #"{"spec":{"storageClassName":"x"}}"#, []),
        ("Pending", #"{"spec":{"resources":{"requests":{"storage":"2Gi"}}}}"#, ["FieldValueForbidden spec"]),
        ("Bound", #"{"spec":{"resources":{"requests":{"storage":"2Gi"}}}}"#, []),
        (
            "Bound", #"{"spec":{"resources":{"requests":{"storage":"1Mi"}}}}"#,
            ["FieldValueForbidden spec.resources.requests.storage"]
        ),
        ("Bound", #"{"spec":{"accessModes":["ReadOnlyMany"]}}"#, ["FieldValueForbidden spec"]),
        (
            "Bound", #"{"spec":{"volumeMode":"Block"}}"#,
            ["FieldValueForbidden spec", "FieldValueInvalid volumeMode"]
        ),
        ("Bound", #"{"metadata":{"labels":{"a":"b"}}}"#, []),
    ])
    func claim(_ phase: String, _ change: String, _ expected: [String]) throws {
        let claim: JSON = [
            "metadata": ["name": "c", "namespace": "d"],
            "spec": ["accessModes": ["ReadWriteOnce"], "resources": ["requests": ["storage": "1Gi"]]],
            "status": ["phase": .string(phase), "capacity": ["storage": "1Gi"]],
        ]
        #expect(
            try problems(.persistentVolumeClaims, claim, try JSONParser.parse(change)).sorted() == expected.sorted())
    }

    @Test(arguments: [
        (#"{"spec":{"containers":[{"name":"c","image":"j"}]}}"#, []),
        (#"{"spec":{"containers":[{"name":"c","image":"i","command":["x"]}]}}"#, ["FieldValueForbidden spec"]),
        (#"{"spec":{"nodeName":"n"}}"#, ["FieldValueForbidden spec"]), (#"{"spec":{"activeDeadlineSeconds":5}}"#, []),
        (#"{"spec":{"tolerations":[{"operator":"Exists"}]}}"#, []), (#"{"status":{"phase":"Running"}}"#, []),
    ])
    func pod(_ change: String, _ expected: [String]) throws {
        let pod: JSON = [
            "metadata": ["name": "p", "namespace": "d"], "spec": ["containers": [["name": "c", "image": "i"]]],
        ]
        #expect(try problems(.pods, pod, try JSONParser.parse(change)) == expected)
    }

    @Test func aSourceNeverChangesAndImmutableStaysImmutable() throws {
        let volume: JSON = [
            "metadata": ["name": "v"],
            "spec": [
                "accessModes": ["ReadWriteOnce"], "capacity": ["storage": "1Gi"], "hostPath": ["path": "/a"],
            ],
        ]
        let change: JSON = ["spec": ["hostPath": ["path": "/b"]]]
        #expect(try problems(.persistentVolumes, volume, change) == ["FieldValueForbidden spec.persistentvolumesource"])
        let map: JSON = ["metadata": ["name": "m", "namespace": "d"], "data": ["a": "b"], "immutable": true]
        #expect(try problems(.configMaps, map, ["data": ["a": "c"]]) == ["FieldValueForbidden data"])
    }
}
