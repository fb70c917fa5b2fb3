import Objects
import Testing

@testable import KubeAPI

/// The largest numbers that a request can have in it.
@Suite struct ExtremeNumberTests {
    private static let maps = "/api/v1/namespaces/default/configmaps"
    private static let pods = "/api/v1/namespaces/default/pods"
    private static let table = "application/json;as=Table;v=v1;g=meta.k8s.io"

    @Test(arguments: ["9223372036854775807", "9223372036854775806", "-1"])
    func limits(_ limit: String) async throws {
        let server = try await APITestServer()
        for name in ["a", "b"] {
            let map = #"{"metadata":{"name":"\#(name)","labels":{"l":"\#(name)"}}}"#
            #expect(try await server.call("POST", Self.maps, map).status == 201)
        }
        let path = Self.maps + "?limit=" + limit
        #expect(try await server.call("GET", path).names == ["a", "b"])
        #expect(try await server.call("GET", path + "&labelSelector=l%3Db").names == ["b"])
        #expect(try await server.call("GET", path, accept: Self.table)["rows"]?.array?.count == 2)
        let selected = try await server.call("GET", path + "&fieldSelector=metadata.name%3Da", accept: Self.table)
        #expect(selected["rows"]?.array?.count == 1)
        #expect(try await server.call("DELETE", path + "&labelSelector=l%3Db").names == ["b"])
        #expect(try await server.call("DELETE", path).names == ["a"])
        #expect(try await server.call("GET", Self.maps).names == [])
        await server.stop()
    }

    @Test(arguments: [
        ("DELETE", "/p?gracePeriodSeconds=9223372036854775807", ""),
        ("DELETE", "/p", #"{"gracePeriodSeconds":9223372036854775807}"#),
        ("DELETE", "/p", #"{"gracePeriodSeconds":300000000000}"#),
        (
            "POST", "/p/eviction",
            #"{"metadata":{"name":"p"},"deleteOptions":{"gracePeriodSeconds":9223372036854775807}}"#
        ),
    ])
    func gracePeriods(_ method: String, _ path: String, _ body: String) async throws {
        let server = try await APITestServer()
        let pod = #"{"metadata":{"name":"p"},"spec":{"nodeName":"n","containers":[{"name":"c","image":"i"}]}}"#
        #expect(try await server.call("POST", Self.pods, pod).status == 201)
        let answer = try await server.call(method, Self.pods + path, body.isEmpty ? nil : body)
        #expect(answer.status < 300, "\(answer.body)")
        let left = try await server.call("GET", Self.pods + "/p")
        #expect(left["metadata", "deletionGracePeriodSeconds"] == 9_223_372_036)
        let time = try #require(left["metadata", "deletionTimestamp"]?.string)
        #expect(time.utf8.count == 20 && Timestamp(time) != nil, "\(time)")
        await server.stop()
    }

    @Test func generations() async throws {
        let server = try await APITestServer()
        let map =
            #"{"metadata":{"name":"a","generation":9223372036854775807,"finalizers":["example.com/f"]}}"#
        #expect(try await server.call("POST", Self.maps, map)["metadata", "generation"] == .integer(.max))
        let marked = try await server.call("DELETE", Self.maps + "/a")
        #expect(marked.status == 200, "\(marked.body)")
        #expect(marked["metadata", "generation"] == .integer(.max))
        await server.stop()
    }
}
