import Client
import ClientTestSupport
import Glibc
import Objects
import Synchronization
import Testing

@Suite struct TransportTests {
    @Test(
        arguments: [
            (nil, [:], "/run/berth/api.sock"),
            (nil, ["BERTH_SOCKET": "unix:///tmp/a"], "/tmp/a"),
            ("/tmp/b", ["BERTH_SOCKET": "/tmp/a"], "/tmp/b"),
            (nil, ["BERTH_SOCKET": ""], "/run/berth/api.sock"),
        ] as [(String?, [String: String], String)])
    func endpoint(flag: String?, environment: [String: String], path: String) {
        #expect(APIEndpoint.resolve(flag: flag, environment: environment).path == path)
    }

    @Test func aRequestArrivesAndItsAnswerComesBack() async throws {
        let server = try await ScriptedServer { request, answer in
            answer.send(201, "\(request.method) \(request.uri) \(request.header("User-Agent") ?? "") \(request.text)")
        }
        let transport = HTTPTransport(endpoint: APIEndpoint("unix://" + server.path), userAgent: "test/1")
        let response = try await transport.send(APIRequest(.post, "/x?y=1", body: Array("hello".utf8)))
        #expect(response.status == 201)
        #expect(String(decoding: response.body, as: UTF8.self) == "POST /x?y=1 test/1 hello")
        try await server.stop()
    }

    @Test func connectionsAreReused() async throws {
        let server = try await ScriptedServer { request, answer in answer.send("\(request.connection)") }
        let transport = HTTPTransport(endpoint: APIEndpoint(server.path), userAgent: "test")
        var bodies: Set<[UInt8]> = []
        for _ in 0..<5 { bodies.insert(try await transport.send(APIRequest(.get, "/")).body) }
        #expect(bodies.count == 1)
        try await server.stop()
    }

    @Test func parallelRequestsDoNotMixTheirAnswers() async throws {
        let server = try await ScriptedServer { request, answer in answer.send(request.uri) }
        let transport = HTTPTransport(endpoint: APIEndpoint(server.path), userAgent: "test")
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<200 {
                group.addTask {
                    let response = try await transport.send(APIRequest(.get, "/\(number)"))
                    return String(decoding: response.body, as: UTF8.self) == "/\(number)"
                }
            }
            for try await right in group { #expect(right) }
        }
        try await server.stop()
    }

    @Test func aGetOnAConnectionThatDiedIsAskedAgain() async throws {
        let asked = Atomic(0)
        let server = try await ScriptedServer { _, answer in
            // The second request of the first connection finds the server hanging up.
            if asked.add(1, ordering: .relaxed).newValue == 2 { answer.hangUp() } else { answer.send("ok") }
        }
        let transport = HTTPTransport(endpoint: APIEndpoint(server.path), userAgent: "test")
        _ = try await transport.send(APIRequest(.get, "/"))
        #expect(try await transport.send(APIRequest(.get, "/")).status == 200)
        #expect(asked.load(ordering: .relaxed) == 3)
        try await server.stop()
    }

    @Test func aWriteOnAConnectionThatDiedIsNotRepeated() async throws {
        let asked = Atomic(0)
        let server = try await ScriptedServer { _, answer in
            if asked.add(1, ordering: .relaxed).newValue == 2 { answer.hangUp() } else { answer.send("ok") }
        }
        let transport = HTTPTransport(endpoint: APIEndpoint(server.path), userAgent: "test")
        _ = try await transport.send(APIRequest(.get, "/"))
        await expectClientError(.disconnected) { _ = try await transport.send(APIRequest(.post, "/")) }
        #expect(asked.load(ordering: .relaxed) == 2)
        try await server.stop()
    }

    @Test func aMissingSocketSaysSo() async {
        let transport = HTTPTransport(endpoint: APIEndpoint("/nonexistent/api.sock"), userAgent: "test")
        await expectClientError(.socketMissing) { _ = try await transport.send(APIRequest(.get, "/")) }
    }

    @Test func aPathThatIsTooLongSaysSo() async {
        let transport = HTTPTransport(
            endpoint: APIEndpoint("/" + String(repeating: "x", count: 300)), userAgent: "test")
        await expectClientError(.unreachable) { _ = try await transport.send(APIRequest(.get, "/")) }
    }

    @Test func aSocketWithoutListenerIsRefused() async throws {
        let server = try await ScriptedServer { _, answer in answer.send("ok") }
        let left = server.path + ".left"
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        #expect(bindUnix(descriptor, left) == 0)
        close(descriptor)
        let transport = HTTPTransport(endpoint: APIEndpoint(left), userAgent: "test")
        await expectClientError(.refused) { _ = try await transport.send(APIRequest(.get, "/")) }
        unlink(left)
        try await server.stop()
    }

    @Test func aSilentServerTimesOut() async throws {
        let server = try await ScriptedServer { _, _ in }
        let transport = HTTPTransport(endpoint: APIEndpoint(server.path), userAgent: "test")
        await expectClientError(.timedOut) { _ = try await transport.send(APIRequest(.get, "/", timeout: 0.1)) }
        try await server.stop()
    }

    @Test func aBodyThatStallsTimesOut() async throws {
        let server = try await ScriptedServer { _, answer in
            answer.begin(headers: [("Content-Length", "100")])
            answer.part("half")
        }
        let transport = HTTPTransport(endpoint: APIEndpoint(server.path), userAgent: "test")
        await expectClientError(.timedOut) { _ = try await transport.send(APIRequest(.get, "/", timeout: 0.1)) }
        try await server.stop()
    }

    @Test func aBodyThatBreaksOffIsAnError() async throws {
        let server = try await ScriptedServer { _, answer in
            answer.begin(headers: [("Transfer-Encoding", "chunked")])
            answer.part("half")
            answer.hangUp()
        }
        let transport = HTTPTransport(endpoint: APIEndpoint(server.path), userAgent: "test")
        await #expect(throws: (any Error).self) { _ = try await transport.send(APIRequest(.get, "/")) }
        try await server.stop()
    }

    @Test func aStreamThatIsAbandonedClosesItsConnection() async throws {
        let (closed, closing) = AsyncStream.makeStream(of: Void.self)
        let server = try await ScriptedServer { _, answer in
            answer.begin()
            answer.part("one\n")
            Task {
                try await answer.closed()
                closing.finish()
            }
        }
        let transport = HTTPTransport(endpoint: APIEndpoint(server.path), userAgent: "test")
        let (_, body) = try await transport.stream(APIRequest(.get, "/"))
        for try await part in body {
            #expect(part == Array("one\n".utf8))
            break
        }
        for await _ in closed {}
        try await server.stop()
    }

    @Test func cancellingACallEndsIt() async throws {
        let server = try await ScriptedServer { _, _ in }
        let transport = HTTPTransport(endpoint: APIEndpoint(server.path), userAgent: "test")
        let call = Task { try await transport.send(APIRequest(.get, "/", timeout: nil)) }
        call.cancel()
        await #expect(throws: CancellationError.self) { _ = try await call.value }
        try await server.stop()
    }
}

func expectClientError(_ code: ClientError.Code, _ body: () async throws -> Void) async {
    do {
        try await body()
        Issue.record("nothing was thrown")
    } catch let error as ClientError {
        #expect(error.code == code, "\(error)")
    } catch {
        Issue.record("\(error)")
    }
}

func bindUnix(_ descriptor: Int32, _ path: String) -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    return withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
    }
}
