import Testing

@testable import Objects

@Suite struct DecodingTests {
    /// What a server adds beyond decoding and defaulting.
    private static let serverSide: [[String]] = [
        ["metadata", "finalizers"], ["metadata", "generation"], ["metadata", "namespace"], ["spec", "tolerations"],
        ["spec", "priority"], ["spec", "preemptionPolicy"], ["spec", "clusterIP"], ["spec", "clusterIPs"],
        ["spec", "ipFamilies"], ["spec", "ipFamilyPolicy"], ["status"], ["metadata", "annotations"],
    ]

    @Test(arguments: RecordedCreate.all.filter { $0.code == 201 })
    func defaultsAreUpstreams(_ create: RecordedCreate) throws {
        let kind = try #require(create.kind)
        let decoded = try SchemaCatalog.builtin.decode(create.body, as: kind, validation: .ignore)
        var ours = decoded.object.json
        var theirs = create.answer
        for path in Self.serverSide {
            ours.set(path, nil)
            theirs.set(path, nil)
        }
        if create.name == "volumes/class-default" { theirs.set(["spec", "storageClassName"], nil) }
        #expect(encodedSorted(comparable(ours)) == encodedSorted(comparable(theirs)))
    }

    @Test(arguments: RecordedCreate.all.filter { $0.code == 201 })
    func decodingIsIdempotent(_ create: RecordedCreate) throws {
        let kind = try #require(create.kind)
        let once = try SchemaCatalog.builtin.decode(create.body, as: kind, validation: .ignore).object
        let twice = try SchemaCatalog.builtin.decode(once.json, as: kind).object
        #expect(encoded(once.json) == encoded(twice.json))
    }

    @Test func unknownAndDuplicateFieldsAreNamed() throws {
        let kind = try #require(SchemaCatalog.builtin.kind(for: .statefulSets))
        let body = #"""
            {"kind":"StatefulSet","apiVersion":"apps/v1","spec":{"templat":{},"serviceName":"a","serviceName":"b",
            "template":{"spec":{"containers":[{"name":"c","imag":"x"}]}}}}
            """#
        let bytes = Array(body.utf8)
        let warned = try SchemaCatalog.builtin.decode(bytes, as: kind, validation: .warn)
        #expect(
            warned.warnings == [
                #"duplicate field "spec.serviceName""#, #"unknown field "spec.templat""#,
                #"unknown field "spec.template.spec.containers[0].imag""#,
            ])
        let error = #expect(throws: Status.self) { try SchemaCatalog.builtin.decode(bytes, as: kind) }
        #expect(
            error?.message
                == #"StatefulSet in version "v1" cannot be handled as a StatefulSet: strict decoding error: "#
                + warned.warnings.joined(separator: ", "))
        #expect(error?.code == 400)
        let ignored = try SchemaCatalog.builtin.decode(bytes, as: kind, validation: .ignore)
        #expect(ignored.warnings.isEmpty && ignored.object["spec", "serviceName"] == "b")
    }

    @Test(arguments: [
        (
            #"{"metadata":{"name":5}}"#,
            "cannot unmarshal number into Go struct field ObjectMeta.metadata.name of type string"
        ),
        (#"{"data":[]}"#, "cannot unmarshal array into Go struct field ConfigMap.data of type map[string]string"),
        (#"{"data":{"a":1}}"#, "cannot unmarshal number into Go struct field ConfigMap.data.a of type string"),
        (#"{"immutable":"yes"}"#, "cannot unmarshal string into Go struct field ConfigMap.immutable of type bool"),
        (#"{"binaryData":{"a":"*"}}"#, "illegal base64 data"),
        (#"[]"#, "cannot unmarshal array into Go value of type v1.ConfigMap"),
    ])
    func typesAreChecked(_ body: String, _ message: String) throws {
        let kind = try #require(SchemaCatalog.builtin.kind(for: .configMaps))
        let error = #expect(throws: Status.self) { try SchemaCatalog.builtin.decode(Array(body.utf8), as: kind) }
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
    }

    @Test func canonicalBytesAreUpstreams() throws {
        let kind = try #require(SchemaCatalog.builtin.kind(for: .persistentVolumeClaims))
        let body = #"""
            {"metadata":{"labels":{"b":"2","a":"<1>"},"name":"c","creationTimestamp":null},"apiVersion":"v1",
            "spec":{"resources":{"requests":{"storage":"1024Mi"}},"accessModes":["ReadWriteOnce"]},
            "kind":"PersistentVolumeClaim"}
            """#
        let object = try SchemaCatalog.builtin.decode(Array(body.utf8), as: kind).object
        #expect(
            encoded(object.json) == #"{"kind":"PersistentVolumeClaim","apiVersion":"v1","metadata":{"name":"c","#
                + #""labels":{"a":"\u003c1\u003e","b":"2"}},"spec":{"accessModes":["ReadWriteOnce"],"#
                + #""resources":{"requests":{"storage":"1Gi"}},"volumeMode":"Filesystem"},"#
                + #""status":{"phase":"Pending"}}"#)
    }

    @Test(arguments: [
        ("nginx", "Always"), ("nginx:latest", "Always"), ("nginx:1.9", "IfNotPresent"), ("r:5000/nginx", "Always"),
        ("r:5000/a/nginx:1", "IfNotPresent"), ("nginx@sha256:aa", "IfNotPresent"), ("nginx:latest@sha256:a", "Always"),
    ])
    func pullPolicy(_ image: String, _ policy: String) {
        #expect(ContainerDefaults.pullPolicy(image: image) == policy)
    }

    @Test func stringDataGoesIntoData() throws {
        let kind = try #require(SchemaCatalog.builtin.kind(for: .secrets))
        let body = #"{"kind":"Secret","apiVersion":"v1","data":{"b":"Yg=="},"stringData":{"a":"a","b":"c"}}"#
        let object = try SchemaCatalog.builtin.decode(Array(body.utf8), as: kind).object
        #expect(encoded(object.json["data"] ?? .null) == #"{"a":"YQ==","b":"Yw=="}"#)
        #expect(object["stringData"] == nil && object["type"] == "Opaque")
    }
}

func encodedSorted(_ value: JSON) -> String { encoded(sortedMembers(value)) }

private func sortedMembers(_ value: JSON) -> JSON {
    switch value {
    case .object(let object):
        .object(JSONObject(object.members.map { ($0.key, sortedMembers($0.value)) })).withSortedMembers
    case .array(let elements): .array(elements.map(sortedMembers))
    default: value
    }
}
