import Objects
import TestSupport
import Testing
import Transport

@testable import KubeAPI

/// A path has many spellings; who may use what is behind it does not depend on them.
@Suite struct PathTests {
    /// With how often a snapshot was begun and how often a reason was looked for.
    private func api(_ reads: LockedBox<Int>) async throws -> DirectAPI {
        try await DirectAPI { options in
            options.snapshot = { stream in
                reads.withLock { $0 += 1 }
                stream.finish(.serviceUnavailable("there is none today"))
            }
            options.explain = { _, _, _ in
                reads.withLock { $0 += 1 }
                return ["why": "because"]
            }
        }
    }

    @Test(arguments: [
        ("/berth/v1/snapshot", 503), ("//berth/v1/snapshot", 503), ("/%62erth/v1/snapshot", 503),
        ("/berth//v1/snapshot", 503), ("/berth/v1/%73napshot", 503), ("///berth/%76%31//snapshot/", 503),
        ("/berth/v1/snapshot?a=b", 503), ("//berth/v1/snapshot?a=b", 503), ("/berth/v1/why/pod/p", 200),
        ("//berth/v1/why/pod/p", 200), ("/%62erth/v1/why/pod/p", 200), ("/berth/v1/volumes", 503),
        ("//berth/v1/volumes", 503), ("/%62erth/v1/volumes", 503), ("/berth//v1/volumes", 503),
    ])
    func ownPathsAreForAdministrators(_ path: String, _ code: Int) async throws {
        let reads = LockedBox(0)
        let api = try await api(reads)
        for caller in [DirectAPI.Caller.reader, .nobody] {
            let refused = try await api.call(caller, "GET", path)
            #expect(refused.head.status == 403, "\(caller) \(path): \(refused.text)")
        }
        #expect(reads.withLock { $0 } == 0)
        #expect(try await api.call(.administrator, "GET", path).head.status == code)
    }

    /// A dot is a name like any other, which nothing has.
    @Test(arguments: [
        "/./berth/v1/snapshot", "/berth/./v1/snapshot", "/api/../berth/v1/snapshot", "/%2fberth/v1/snapshot",
    ])
    func nothingIsBehindDots(_ path: String) async throws {
        let reads = LockedBox(0)
        let api = try await api(reads)
        for caller in [DirectAPI.Caller.reader, .administrator] {
            let answer = try await api.call(caller, "GET", path)
            #expect([403, 404].contains(answer.head.status), "\(caller) \(path)")
        }
        #expect(try await api.call(.administrator, "GET", path).head.status == 404)
        #expect(reads.withLock { $0 } == 0)
    }

    @Test(arguments: ["/version", "//version", "/%76ersion", "/apis//apps/v1", "/livez//ping", "/openapi/v3/"])
    func openPathsAreOpenHoweverTheyAreSpelled(_ path: String) async throws {
        let api = try await DirectAPI()
        for caller in [DirectAPI.Caller.administrator, .reader, .nobody] {
            #expect(try await api.call(caller, "GET", path).head.status == 200, "\(caller) \(path)")
        }
        for path in ["/metrics", "//metrics", "//api/v1/secrets", "/%61pi/v1/pods"] {
            #expect(try await api.call(.nobody, "GET", path).head.status == 403, "\(path)")
        }
        for path in ["//api/v1/secrets", "/api/v1/%73ecrets", "/berth/v1//history/api/v1/namespaces/d/secrets/s"] {
            #expect(try await api.call(.reader, "GET", path).head.status == 403, "\(path)")
        }
    }

    /// What a review says is what a request would meet with.
    @Test(arguments: [
        (#"{"resourceAttributes":{"verb":"get","resource":"pods"}}"#, true),
        (#"{"resourceAttributes":{"verb":"get","resource":"secrets"}}"#, false),
        (#"{"resourceAttributes":{"verb":"get","resource":"*"}}"#, false),
        (#"{"resourceAttributes":{"verb":"list","group":"*","resource":"*"}}"#, false),
        (#"{"resourceAttributes":{"verb":"get","resource":"pods","subresource":"*"}}"#, false),
        (#"{"nonResourceAttributes":{"verb":"get","path":"/version"}}"#, true),
        (#"{"nonResourceAttributes":{"verb":"get","path":"/berth/v1/snapshot"}}"#, false),
        (#"{"nonResourceAttributes":{"verb":"get","path":"//berth/v1/snapshot"}}"#, false),
        (#"{"nonResourceAttributes":{"verb":"get","path":"/%62erth/v1/snapshot"}}"#, false),
        (#"{"nonResourceAttributes":{"verb":"get","path":"/*"}}"#, false),
        (#"{"nonResourceAttributes":{"verb":"get","path":"/berth*"}}"#, false),
        (#"{"nonResourceAttributes":{"verb":"get","path":"/apis/*"}}"#, true),
    ])
    func aReaderIsToldWhatReadersMay(_ spec: String, _ isAllowed: Bool) async throws {
        let api = try await DirectAPI()
        let path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
        let review = try await api.call(.reader, "POST", path, #"{"spec":\#(spec)}"#)
        #expect(review.head.status == 201, "\(review.text)")
        #expect(review.json.at("status", "allowed") == .bool(isAllowed))
        let all = try await api.call(.administrator, "POST", path, #"{"spec":\#(spec)}"#)
        #expect(all.json.at("status", "allowed") == true)
    }
}
