import Objects
import Testing
import Transport
import TransportTestSupport

@testable import KubeAPI

@Suite struct APITests {
    private static let maps = "/api/v1/namespaces/default/configmaps"
    private static func map(_ name: String, _ value: String = "v") -> String {
        #"{"metadata":{"name":"\#(name)"},"data":{"k":"\#(value)"}}"#
    }

    @Test func createsReadsReplacesPatchesAndDeletes() async throws {
        let server = try await APITestServer()
        let made = try await server.call("POST", Self.maps, Self.map("a"))
        #expect(made.status == 201)
        #expect(made["kind"] == "ConfigMap")
        #expect(try await server.call("POST", Self.maps, Self.map("a")).status == 409)
        let read = try await server.call("GET", Self.maps + "/a")
        #expect(read.json == made.json)
        #expect(try await server.call("PUT", Self.maps + "/a", Self.map("a", "w"))["data", "k"] == "w")
        let patched = try await server.call(
            "PATCH", Self.maps + "/a", #"{"data":{"k":null,"n":"1"}}"#, type: "application/merge-patch+json")
        #expect(patched["data"] == ["n": "1"])
        let listed = try await server.call("GET", Self.maps + "/")
        #expect(listed["kind"] == "ConfigMapList")
        #expect(listed.names == ["a"])
        #expect(listed["items"]?.array?.first?["kind"] == nil)
        let deleted = try await server.call("DELETE", Self.maps + "/a")
        #expect(deleted["status"] == "Success")
        let missing = try await server.call("GET", Self.maps + "/a")
        #expect(missing.status == 404)
        #expect(missing["details", "kind"] == "configmaps")
        await server.stop()
    }

    @Test(arguments: [
        ("GET", "/api/v1/nothing", 404), ("GET", "/apis/apps/v1/namespaces/default/statefulsets/x/nothing", 404),
        ("POST", "/api/v1/pods", 405), ("DELETE", "/api/v1/namespaces", 405), ("PUT", "/api/v1/nodes", 405),
        ("OPTIONS", "/api/v1/nodes", 405), ("POST", "/version", 405), ("GET", "/api/v1/nodes?limit=x", 400),
        ("GET", "/api/v1/nodes?a=%zz", 400), ("GET", "/api/v1/nodes?watch=1&resourceVersion=999999999", 504),
        ("GET", "/api/v1/nodes?watch=1&sendInitialEvents=true", 422),
        ("GET", "/api/v1/nodes?watch=1&resourceVersion=x", 500),
        ("GET", "/api/v1/nodes?labelSelector=%3D%3D", 400), ("GET", "/api/v1/nodes?includeObject=Maybe", 400),
    ])
    func answersWithAStatus(_ method: String, _ path: String, code: Int) async throws {
        let server = try await APITestServer()
        let answer = try await server.call(method, path, method == "GET" ? nil : "{}")
        #expect(answer.status == code, "\(answer.body)")
        #expect(answer["kind"] == "Status")
        #expect(answer["code"] == .integer(Int64(code)))
        await server.stop()
    }

    @Test func watchesFromTheInitialStateOn() async throws {
        let server = try await APITestServer()
        _ = try await server.call("POST", Self.maps, Self.map("a"))
        let client = try RawClient(path: server.path)
        let query = "watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true"
        try await client.send("GET \(Self.maps)?\(query)&timeoutSeconds=60 HTTP/1.1\r\nHost: x\r\n\r\n")
        _ = try await client.receive { $0.contains("initial-events-end") }
        _ = try await server.call("PUT", Self.maps + "/a", Self.map("a", "w"))
        _ = try await server.call("DELETE", Self.maps + "/a")
        let rest = try await client.receive { $0.contains(#""type":"DELETED""#) && $0.hasSuffix("}\n\r\n") }
        let events = rest.components(separatedBy: "\r\n").filter { $0.hasPrefix("{") }.compactMap {
            try? JSONParser.parse($0)
        }
        #expect(events.compactMap { $0["type"]?.string } == ["MODIFIED", "DELETED"])
        #expect(events.allSatisfy { $0.at("object", "metadata", "name") == "a" })
        let versions = events.compactMap { $0.at("object", "metadata", "resourceVersion")?.string }.compactMap {
            Int64($0)
        }
        #expect(versions.count == 2 && versions[0] < versions[1])
        await server.stop()
    }

    @Test func watchOfATableSendsColumnsOnce() async throws {
        let server = try await APITestServer()
        let client = try RawClient(path: server.path)
        try await client.send(
            "GET /api/v1/namespaces?watch=1&timeoutSeconds=3 HTTP/1.1\r\nHost: x\r\n"
                + "Accept: application/json;as=Table;v=v1;g=meta.k8s.io\r\nConnection: close\r\n\r\n")
        let text = try await client.receiveToEnd()
        let lines = text.utf8.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
        let events = lines.filter { $0.hasPrefix("{\"type\"") }.compactMap { try? JSONParser.parse($0) }
        #expect(events.count == 4)
        let columns = events.map { $0.at("object", "columnDefinitions")?.array?.count ?? -1 }
        #expect(columns == [3, 0, 0, 0])
        await server.stop()
    }

    @Test func servesDiscoveryInBothForms() async throws {
        let server = try await APITestServer()
        let legacy = try await server.call("GET", "/apis/apps/v1")
        let resources = (legacy["resources"]?.array ?? []).compactMap { $0["name"]?.string }
        #expect(resources.contains("statefulsets/scale"))
        let accept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json"
        let aggregated = try await server.call("GET", "/apis", accept: accept)
        #expect(aggregated["kind"] == "APIGroupDiscoveryList")
        #expect(aggregated.head.contains("as=APIGroupDiscoveryList"))
        #expect(try await server.call("GET", "/api")["versions"] == ["v1"])
        #expect(try await server.call("GET", "/readyz/store").body == "ok")
        #expect(try await server.call("GET", "/livez?verbose").body.hasSuffix("livez check passed\n"))
        #expect(try await server.call("GET", "/metrics").body.contains("apiserver_request_total"))
        await server.stop()
    }

    @Test func rolesDecide() async throws {
        // Neither the uid of the test nor root: whoever runs this is a member of group 0 only by the rules below.
        let own = PeerCredentials(pid: 0, uid: 12345, gid: 12345)
        let rules = IdentityRules(ownUID: 1, memberGroup: 50, readerGroup: 60)
        #expect(rules.role(0, []) == .administrator)
        #expect(rules.role(1, []) == .administrator)
        #expect(rules.role(own.uid, [50]) == .administrator)
        #expect(rules.role(own.uid, [50, 60]) == .reader)
        #expect(rules.role(own.uid, [60]) == .nobody)
        let reader = Identity(name: "unix:9", groups: [], role: .reader)
        let nobody = Identity(name: "unix:9", groups: [], role: .nobody)
        let secrets = AccessRequest(verb: "list", resource: "secrets")
        #expect(Authorizer.denial(secrets, reader) != nil)
        #expect(Authorizer.denial(AccessRequest(verb: "list", resource: "pods"), reader) == nil)
        #expect(Authorizer.denial(AccessRequest(verb: "delete", resource: "pods"), reader) != nil)
        #expect(Authorizer.denial(AccessRequest(verb: "get", resource: "pods"), nobody) != nil)
        #expect(Authorizer.denial(AccessRequest(verb: "get", path: "/version"), nobody) == nil)
        #expect(Authorizer.denial(AccessRequest(verb: "get", path: "/metrics"), nobody) != nil)
    }
}
