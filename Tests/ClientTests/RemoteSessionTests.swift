import Client
import ClientTestSupport
import Objects
import Testing

@Suite struct RemoteSessionTests {
    @Test(arguments: [
        (#"{"status":"Success"}"#, RemoteOutcome.exited(0)),
        (
            #"{"status":"Failure","reason":"NonZeroExitCode","message":"command terminated with non-zero exit code","details":{"causes":[{"reason":"ExitCode","message":"3"}]}}"#,
            .exited(3)
        ),
        (#"{"status":"Failure","message":"no such file"}"#, .failed("no such file")),
        ("garbage", .failed("garbage")),
    ])
    func outcomes(message: String, outcome: RemoteOutcome) {
        #expect(RemoteOutcome(statusMessage: Array(message.utf8)) == outcome)
    }

    @Test func messagesTravelBothWays() async throws {
        let server = try await ScriptedServer(webSocket: { message in
            switch message.first {
            case 0: [[1] + message.dropFirst().reversed(), [2]]
            case 255: [[3] + Array(#"{"status":"Success"}"#.utf8), []]
            default: []
            }
        }) { _, answer in answer.send(400, "no") }
        let client = APIClient(endpoint: APIEndpoint(server.path), userAgent: "test")
        let session = try await client.exec(
            namespace: "default", pod: "web-0", command: ["cat"], streams: RemoteStreams(stdin: true))
        #expect(session.subprotocol == "v5.channel.k8s.io")
        try await session.send(Array("abc".utf8))
        #expect(try await session.closeInput())
        var seen: [RemoteMessage] = []
        for try await message in session.messages { seen.append(message) }
        #expect(seen.map(\.channel) == [.stdout, .stderr, .error])
        #expect(seen.first?.bytes == Array("cba".utf8))
        try await server.stop()
    }

    @Test func longInputIsCutIntoMessages() async throws {
        let server = try await ScriptedServer(webSocket: { message in
            [[1] + Array(String(message.count - 1).utf8)] + (message.count < 32769 ? [[]] : [])
        }) { _, _ in }
        let client = APIClient(endpoint: APIEndpoint(server.path), userAgent: "test")
        let session = try await client.exec(
            namespace: "default", pod: "web-0", command: ["cat"], streams: RemoteStreams(stdin: true))
        try await session.send([UInt8](repeating: 65, count: 70_000))
        var sizes: [String] = []
        for try await message in session.messages { sizes.append(String(decoding: message.bytes, as: UTF8.self)) }
        #expect(sizes == ["32768", "32768", "4464"])
        try await server.stop()
    }

    @Test func aRefusalIsItsStatus() async throws {
        let server = try await ScriptedServer { request, answer in
            answer.send(404, #"{"kind":"Status","message":"pods \"x\" not found","reason":"NotFound","code":404}"#)
        }
        let client = APIClient(endpoint: APIEndpoint(server.path), userAgent: "test")
        let error = await #expect(throws: Status.self) {
            _ = try await client.exec(namespace: "default", pod: "x", command: ["ls"], streams: RemoteStreams())
        }
        #expect(error?.message == #"pods "x" not found"#)
        try await server.stop()
    }

    @Test func anUnknownSubprotocolIsRefused() async throws {
        let server = try await ScriptedServer(subprotocol: "chat", webSocket: { _ in [] }) { _, _ in }
        let client = APIClient(endpoint: APIEndpoint(server.path), userAgent: "test")
        await expectClientError(.malformedAnswer) {
            _ = try await client.exec(namespace: "default", pod: "x", command: ["ls"], streams: RemoteStreams())
        }
        try await server.stop()
    }

    @Test func aServerThatHangsUpIsNotWaitedFor() async throws {
        let server = try await ScriptedServer { _, answer in answer.hangUp() }
        let client = APIClient(endpoint: APIEndpoint(server.path), userAgent: "test")
        await #expect(throws: (any Error).self) {
            _ = try await client.exec(namespace: "default", pod: "x", command: ["ls"], streams: RemoteStreams())
        }
        try await server.stop()
    }
}
