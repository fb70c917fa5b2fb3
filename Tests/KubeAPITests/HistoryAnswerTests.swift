import NIOCore
import Objects
import Registry
import Store
import TestSupport
import Testing
import Transport

@testable import KubeAPI

@Suite struct HistoryAnswerTests {
    private static let path = "/berth/v1/history/api/v1/namespaces/default/configmaps/a"

    /// So many versions of an object.
    private func written(count: Int, bytes: Int) async throws -> DirectAPI {
        let api = try await DirectAPI()
        let object = Object([
            "kind": "ConfigMap", "apiVersion": "v1", "metadata": ["name": "a", "namespace": "default", "uid": "u"],
            "data": ["k": .string(String(repeating: "v", count: bytes))],
        ])
        let put = Put(key: Array("/registry/configmaps/default/a".utf8), value: ObjectCoding.encode(object))
        for _ in 0..<count {
            _ = try await api.engine.transact(Transaction(success: [.put(put)]), origin: Origin("tests"))
        }
        return api
    }

    @Test func changesAreToldNewestFirst() async throws {
        let api = try await written(count: 3, bytes: 1)
        let newest = api.engine.currentRevision
        let history = try await api.call(.reader, "GET", Self.path)
        #expect(history.head.status == 200, "\(history.text)")
        let revisions = (history.json["items"]?.array ?? []).compactMap { $0["revision"]?.string }
        #expect(revisions == (0..<3).map { String(newest - $0) })
        #expect(history.json["metadata"] == ["resourceVersion": .string(String(newest))])
        #expect(try await api.call(.administrator, "GET", Self.path + "?limit=10001").head.status == 400)
        #expect(try await api.call(.nobody, "GET", Self.path).head.status == 403)
    }

    @Test func anAnswerThatWouldBeTooLargeSaysWhereToGoOn() async throws {
        let api = try await written(count: 30, bytes: 600_000)
        let newest = api.engine.currentRevision
        let history = try await api.call(.administrator, "GET", Self.path + "?limit=10000")
        #expect(history.head.status == 200)
        #expect(history.body.readableBytes < 16 << 20)
        let start = String(history.text.prefix(300))
        let mark = try #require(start.firstRange(of: #""continue":""#), "\(start)")
        let next = try #require(Int64(start[mark.upperBound...].prefix { $0 != "\"" }))
        let rest = try await api.call(.administrator, "GET", Self.path + "?limit=1&resourceVersion=\(next)")
        #expect(next < newest)
        #expect(rest.json["items"]?.array?.first?["revision"] == .string(String(next)))
    }
}
