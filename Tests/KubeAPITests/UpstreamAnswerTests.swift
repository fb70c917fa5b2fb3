import Objects
import Testing
import TransportTestSupport

@testable import KubeAPI

/// Answers that a client could tell from kube-apiserver's, each compared with those of kube-apiserver 1.36.
@Suite struct UpstreamAnswerTests {
    private static let maps = "/api/v1/namespaces/default/configmaps"

    private static func map(_ name: String, _ metadata: String = "") -> String {
        #"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"\#(name)"\#(metadata)}}"#
    }

    private func made() async throws -> APITestServer {
        let server = try await APITestServer()
        _ = try await server.call("POST", Self.maps, Self.map("a"))
        return server
    }

    /// The body of a PUT is looked at before the object is looked for.
    @Test(arguments: [
        (#"{}"#, 400), (map("other"), 400), (map("missing", #","namespace":"other""#), 400), (map("missing"), 404),
        ("null", 400),
    ])
    func replacesOfWhatIsNotThere(_ body: String, _ code: Int) async throws {
        let server = try await made()
        let answer = try await server.call("PUT", Self.maps + "/missing", body)
        #expect(answer.status == code, "\(answer.body)")
        await server.stop()
    }

    @Test(arguments: [
        ("application/json", "null", 422), ("application/yaml", "", 422), ("garbage", "{}", 415),
        (
            "application/yaml",
            "# first\n---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: b\n---\nkind: Other\n", 201
        ),
    ])
    func bodies(_ type: String, _ body: String, _ code: Int) async throws {
        let server = try await made()
        let answer = try await server.call("POST", Self.maps, body, type: type)
        #expect(answer.status == code, "\(answer.body)")
        await server.stop()
    }

    @Test(arguments: [
        (
            "watch=1&resourceVersion=abc", 500,
            "resourceVersion: Invalid value: \"abc\": strconv.ParseUint: parsing \"abc\": invalid syntax"
        ),
        (
            "watch=1&resourceVersion=-1", 500,
            "resourceVersion: Invalid value: \"-1\": strconv.ParseUint: parsing \"-1\": invalid syntax"
        ),
        ("labelSelector=a==,", 400, "found '', expected: identifier after ','"),
        (
            "resourceVersion=abc", 400,
            "invalid resource version: resourceVersion: Invalid value: \"abc\": strconv.ParseUint: parsing \"abc\": invalid syntax"
        ),
    ])
    func versionsAndSelectors(_ query: String, _ code: Int, _ message: String) async throws {
        let server = try await made()
        let answer = try await server.call("GET", Self.maps + "?" + query)
        #expect(answer.status == code)
        #expect(answer["message"] == .string(message))
        #expect(answer.body.hasSuffix("}\n"))
        await server.stop()
    }

    /// A client that wants a version exactly is not told to come again for it.
    @Test(
        arguments: [
            ("resourceVersionMatch=Exact", nil), ("limit=1", nil), ("resourceVersionMatch=NotOlderThan", 1), ("", 1),
        ] as [(String, JSON?)])
    func versionsThatAreNotThereYet(_ query: String, _ retry: JSON?) async throws {
        let server = try await made()
        let answer = try await server.call("GET", Self.maps + "?resourceVersion=100000&" + query)
        #expect(answer.status == 504)
        #expect(answer["details"]?["retryAfterSeconds"] == retry)
        await server.stop()
    }

    @Test(arguments: [
        ("GET", "/apis/bogus", 404), ("GET", "/bogus", 404), ("GET", "/api/v1/bogus", 404),
        ("GET", "/apis/apps/v9", 404),
    ])
    func unknownPaths(_ method: String, _ path: String, _ code: Int) async throws {
        let server = try await made()
        let answer = try await server.call(method, path)
        #expect(answer.status == code)
        let isBare = path == "/bogus" || path == "/apis/bogus"
        #expect(isBare ? answer.body == "404 page not found\n" : answer["kind"] == "Status")
        await server.stop()
    }

    @Test(arguments: [
        ("?timeout=x", 400), ("?timeout=1.5h", 200), ("?timeout=-1m30s", 200), ("?timeoutSeconds=x", 400),
        ("/a?resourceVersion=x", 500), ("/a?resourceVersion=0", 200), ("/a?resourceVersion=99999999", 504),
        ("/a?resourceVersion=1", 200), ("?watch=1&limit=x", 400),
    ])
    func parameters(_ query: String, _ code: Int) async throws {
        let server = try await made()
        let answer = try await server.call("GET", Self.maps + query)
        #expect(answer.status == code, "\(answer.body)")
        await server.stop()
    }

    /// "Any version" is answered from a cache that knows no pages.
    @Test func anyVersionHasNoPages() async throws {
        let server = try await made()
        _ = try await server.call("POST", Self.maps, Self.map("b"))
        let whole = try await server.call("GET", Self.maps + "?limit=1&resourceVersion=0")
        #expect(whole.names == ["a", "b"])
        #expect(whole["metadata", "continue"] == nil)
        #expect(try await server.call("GET", Self.maps + "?limit=1").names == ["a"])
        await server.stop()
    }

    @Test(arguments: [
        (#"{"propagationPolicy":""}"#, 422), (#"{"gracePeriodSeconds":"x"}"#, 400), (#"{"dryRun":"All"}"#, 400),
        ("null", 200), (#"{"bogus":1}"#, 200),
    ])
    func deleteOptions(_ body: String, _ code: Int) async throws {
        let server = try await made()
        let answer = try await server.call("DELETE", Self.maps + "/a", body)
        #expect(answer.status == code, "\(answer.body)")
        await server.stop()
    }

    /// The answer is the list as it was found, in whatever form the client wants.
    @Test func collectionsAreShownAsTheyWere() async throws {
        let server = try await made()
        _ = try await server.call("POST", Self.maps, Self.map("b", #","finalizers":["example.com/f"]"#))
        let table = "application/json;as=Table;v=v1;g=meta.k8s.io"
        let dry = try await server.call("DELETE", Self.maps + "?dryRun=All", accept: table)
        #expect(dry["rows"]?.array?.count == 2)
        let gone = try await server.call("DELETE", Self.maps)
        #expect(gone.names == ["a", "b"])
        #expect(gone["items"]?.array?.last?.at("metadata", "deletionTimestamp") == nil)
        #expect(try await server.call("GET", Self.maps).names == ["b"])
        await server.stop()
    }

    /// A PUT that creates does not mind a version; a UID it does.
    @Test func leasesCreatedByPut() async throws {
        let server = try await made()
        let path = "/apis/coordination.k8s.io/v1/namespaces/default/leases/l"
        let lease = { (metadata: String) in #"{"metadata":{"name":"l"\#(metadata)},"spec":{"holderIdentity":"h"}}"# }
        #expect(try await server.call("PUT", path, lease(#","uid":"x""#)).status == 409)
        #expect(try await server.call("PUT", path, lease(#","resourceVersion":"5""#)).status == 201)
        #expect(try await server.call("PUT", path, lease("")).status == 422)
        await server.stop()
    }

    @Test(arguments: [
        ("application/merge-patch+json", #"[]"#, 400), ("application/merge-patch+json", "null", 400),
        ("application/merge-patch+json", #"{"kind":"Secret"}"#, 422),
        ("application/merge-patch+json", #"{"apiVersion":"v2"}"#, 422),
        ("application/merge-patch+json", #"{"apiVersion":null}"#, 400),
        ("application/merge-patch+json", #"{"kind":null}"#, 200),
        ("application/strategic-merge-patch+json", #"{"kind":"Secret"}"#, 200),
        ("application/strategic-merge-patch+json", "null", 200),
        ("application/strategic-merge-patch+json", #"{"metadata":{"labels":{"$patch":"merge","a":"b"}}}"#, 200),
        ("application/strategic-merge-patch+json", #"{"metadata":{"$patch":"weird"}}"#, 500),
        ("application/json-patch+json", #"[{"op":"bogus"}]"#, 422),
        ("application/apply-patch+yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, uid: x}\n", 422),
    ])
    func patches(_ type: String, _ body: String, _ code: Int) async throws {
        let server = try await made()
        let answer = try await server.call("PATCH", Self.maps + "/a?fieldManager=m", body, type: type)
        #expect(answer.status == code, "\(answer.body)")
        // Whether a patch can be read matters only where there is something to patch.
        if type != "application/apply-patch+yaml" {
            #expect(try await server.call("PATCH", Self.maps + "/none", body, type: type).status == 404)
        }
        await server.stop()
    }

    @Test func whatCameTwice() async throws {
        let server = try await made()
        let doubled = #"{"metadata":{"labels":{"d":"1","d":"2"}}}"#
        let merge = "application/merge-patch+json"
        let warned = try await server.call("PATCH", Self.maps + "/a", doubled, type: merge)
        #expect(warned.status == 200 && warned.head.contains(#"duplicate field \"metadata.labels.d\""#))
        let strict = try await server.call("PATCH", Self.maps + "/a?fieldValidation=Strict", doubled, type: merge)
        #expect(strict.status == 422)
        let stray = #"[{"op":"add","path":"/data","value":{"a":"b"},"bogus":1}]"#
        let json = "application/json-patch+json"
        #expect(
            try await server.call("PATCH", Self.maps + "/a?fieldValidation=Strict", stray, type: json).status == 422)
        #expect(try await server.call("PATCH", Self.maps + "/a", stray, type: json).head.contains("json patch unknown"))
        let apply = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  k: v\n  k: w\n"
        let path = Self.maps + "/a?fieldManager=m"
        let yaml = "application/apply-patch+yaml"
        #expect(try await server.call("PATCH", path + "&fieldValidation=Strict", apply, type: yaml).status == 400)
        let applied = try await server.call("PATCH", path, apply, type: yaml)
        #expect(applied.status == 200 && applied.head.contains(#"key \"k\" already set in map"#))
        await server.stop()
    }

    @Test func forgettingTheOwners() async throws {
        let server = try await made()
        _ = try await server.call("PUT", Self.maps + "/a", #"{"metadata":{"name":"a"},"data":{"k":"v"}}"#)
        let reset = try await server.call(
            "PUT", Self.maps + "/a", #"{"metadata":{"name":"a","managedFields":[]},"data":{"k":"v"}}"#)
        #expect(reset.status == 200)
        #expect(reset["metadata", "managedFields"] == nil)
        await server.stop()
    }

    /// Go leaves a zero out, and the status' is not marked so.
    @Test func aScaleOfNothing() async throws {
        let server = try await APITestServer()
        let sets = "/apis/apps/v1/namespaces/default/statefulsets"
        let set = #"""
            {"metadata":{"name":"web"},"spec":{"replicas":0,"selector":{"matchLabels":{"a":"b"}},"template":
            {"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}}
            """#
        #expect(try await server.call("POST", sets, set).status == 201)
        let scale = try await server.call("GET", sets + "/web/scale")
        #expect(scale["spec"] == [:])
        #expect(scale["status", "replicas"] == 0)
        await server.stop()
    }
}
