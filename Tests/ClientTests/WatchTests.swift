import Client
import ClientTestSupport
import Objects
import Synchronization
import Testing

@Suite struct WatchTests {
    @Test func linesAreCutWhereverTheyArrive() throws {
        var splitter = LineSplitter(limit: 10)
        splitter.append(Array("ab".utf8))
        #expect(try splitter.next() == nil)
        splitter.append(Array("c\n\nd".utf8))
        #expect(try splitter.next() == Array("abc".utf8))
        #expect(try splitter.next() == nil)
        splitter.append(Array("e\nf".utf8))
        #expect(try splitter.next() == Array("de".utf8))
        #expect(try splitter.next() == nil)
        #expect(splitter.rest() == Array("f".utf8))
        splitter.append(Array("12345678901".utf8))
        #expect(throws: ClientError.self) { try splitter.next() }
    }

    @Test func eventsArriveInOrder() async throws {
        let server = try await ScriptedServer { _, answer in
            answer.begin()
            answer.part(#"{"type":"ADDED","object":{"metadata":{"name":"a"}}}"# + "\n" + #"{"type":"MODI"#)
            answer.part(#"FIED","object":{"metadata":{"name":"b"}}}"# + "\n")
            answer.part(#"{"type":"DELETED","object":{"metadata":{"name":"c"}}}"# + "\n")
            answer.part(#"{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"9"}}}"# + "\n")
            answer.part(#"{"type":"ERROR","object":{"kind":"Status","code":410}}"# + "\n")
            answer.end()
        }
        let client = APIClient(endpoint: APIEndpoint(server.path), userAgent: "test")
        var seen: [String] = []
        for try await event in try await client.watch(.pods, query: WatchQuery(resourceVersion: "5")) {
            switch event {
            case .added(let object): seen.append("+\(object.name)")
            case .modified(let object): seen.append("~\(object.name)")
            case .deleted(let object): seen.append("-\(object.name)")
            case .bookmark(let version, _): seen.append("@\(version)")
            case .error(let status): seen.append("!\(status.code)")
            }
        }
        #expect(seen == ["+a", "~b", "-c", "@9", "!410"])
        try await server.stop()
    }

    @Test func aMalformedEventIsAnError() async throws {
        let server = try await ScriptedServer { _, answer in
            answer.begin()
            answer.part("{\"type\":\"ADDED\"\n")
            answer.end()
        }
        let client = APIClient(endpoint: APIEndpoint(server.path), userAgent: "test")
        await expectClientError(.malformedAnswer) {
            for try await _ in try await client.watch(.pods) {}
        }
        try await server.stop()
    }

    /// The server's history is lost once (410), its connection breaks once: the reader sees a second list, then goes on.
    @Test func theReflectorResumesAndListsAgain() async throws {
        let watches = Atomic(0)
        let server = try await ScriptedServer { request, answer in
            guard request.uri.contains("watch=true") else {
                return answer.send(#"{"metadata":{"resourceVersion":"5"},"items":[]}"#)
            }
            answer.begin()
            switch watches.add(1, ordering: .relaxed).newValue {
            case 1:
                answer.part(#"{"type":"ADDED","object":{"metadata":{"name":"a","resourceVersion":"6"}}}"# + "\n")
                answer.hangUp()
            case 2 where request.uri.contains("resourceVersion=6"):
                answer.part(#"{"type":"ERROR","object":{"kind":"Status","code":410}}"# + "\n")
                answer.end()
            case 3 where request.uri.contains("resourceVersion=5"):
                answer.part(#"{"type":"DELETED","object":{"metadata":{"name":"a","resourceVersion":"7"}}}"# + "\n")
            default:
                answer.part(#"{"type":"ERROR","object":{"kind":"Status","code":500,"message":"unexpected"}}"# + "\n")
            }
        }
        let client = APIClient(endpoint: APIEndpoint(server.path), userAgent: "test")
        struct Enough: Error {}
        var seen: [String] = []
        await #expect(throws: Enough.self) {
            try await Reflector(client, try APIResource(.pods)).run { change in
                switch change {
                case .listed(let objects): seen.append("list \(objects.count)")
                case .set(let object): seen.append("+\(object.name)")
                case .removed(let object):
                    seen.append("-\(object.name)")
                    throw Enough()
                case .interrupted(let error, _): seen.append("\(error)")
                }
            }
        }
        #expect(seen == ["list 0", "+a", "list 0", "-a"])
        try await server.stop()
    }
}
