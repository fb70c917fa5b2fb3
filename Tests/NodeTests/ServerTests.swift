import Glibc
import NIOCore
import NIOWebSocket
import Objects
import Synchronization
import Testing

@testable import Node

@Suite("Node socket") struct ServerTests {
    @Test func pathsAndQueries() throws {
        let request = try #require(
            RemoteRequest(
                uri:
                    "/api/v1/namespaces/default/pods/web-0/exec?command=sh&command=-c&command=echo%20a%2Bb+c&stdin&tty=false&stdout=1"
            ))
        #expect(request.namespace == "default")
        #expect(request.pod == "web-0")
        #expect(request.verb == .exec)
        #expect(request.values("command") == ["sh", "-c", "echo a+b c"])
        #expect(request.flag("stdin"))
        #expect(!request.flag("tty"))
        #expect(request.flag("stdout"))
        #expect(!request.flag("stderr"))
        for uri in ["/api/v1/namespaces/default/pods/web-0", "/api/v1/namespaces/default/pods/web-0/eviction", "/", ""]
        {
            #expect(RemoteRequest(uri: uri) == nil)
        }
    }

    @Test func aContainerMustBeNamedWhenThereAreSeveral() throws {
        let request = try #require(RemoteRequest(uri: "/api/v1/namespaces/default/pods/web-0/log"))
        let error = #expect(throws: Status.self) {
            try ContainerChoice(request: request, state: upPod(pod(containers: ["a", "b"]))).container()
        }
        #expect(error?.message == "a container name must be specified for pod web-0, choose one of: [a b]")
        let waiting = #expect(throws: Status.self) {
            try ContainerChoice(request: request, state: upPod(pod())).logged()
        }
        #expect(waiting?.message == "container \"main\" in pod \"web-0\" is waiting to start: ContainerCreating")
    }

    @Test func messagesMayComeInFrames() throws {
        var messages = RemoteMessages()
        let first = WebSocketFrame(fin: false, opcode: .binary, data: ByteBuffer(bytes: [0, 104]))
        #expect(try messages.add(first) == nil)
        guard
            case .message(channel: 0, let bytes)? = try messages.add(
                WebSocketFrame(fin: true, opcode: .continuation, data: ByteBuffer(bytes: [105])))
        else {
            Issue.record("no message")
            return
        }
        #expect(String(buffer: bytes) == "hi")
    }

    private func lines(_ follower: LogFollower) async throws -> [String] {
        var follower = follower
        let lines = Mutex<[String]>([])
        try await follower.run(isOver: { true }) { line in
            lines.withLock { $0.append(String(decoding: line.text, as: UTF8.self) + (line.isComplete ? "" : "…")) }
            return true
        }
        return lines.withLock { $0 }
    }

    @Test func logsAreReadOverRotationsFromAnyLine() async throws {
        let directory = try temporaryDirectory()
        defer { try? TreeRemoval.remove(directory) }
        let path = directory + "/log"
        func record(_ number: Int, _ kind: String = "F") -> String {
            "2026-01-01T12:00:0\(number).000000000Z stdout \(kind) line \(number)\n"
        }
        try Files.replace(path + ".2", Array((record(1) + record(2)).utf8))
        try Files.replace(path + ".1", Array((record(3) + record(4, "P")).utf8))
        try Files.replace(path, Array((record(5) + record(6)).utf8))
        #expect(try await lines(LogFollower(path: path, from: .tail(3))) == ["line 4…", "line 5", "line 6"])
        #expect(try await lines(LogFollower(path: path, from: .beginning)).count == 6)
        #expect(try await lines(LogFollower(path: path, from: .end)) == [])
        #expect(try await lines(LogFollower(path: path, from: .tail(0))) == [])
        await #expect(throws: NodeError.self) { try await lines(LogFollower(path: path + "x", from: .end)) }
    }

    @Test(arguments: ["2026-01-01T12:00:00Z", "1999-12-31T23:59:59Z"])
    func times(_ text: String) { #expect(WallTime(text)?.description == text) }

    @Test func fractionsAndNonsenseOfTimes() {
        #expect(WallTime("2026-01-01T12:00:00.5Z")?.nanoseconds == noon.nanoseconds + 500_000_000)
        for text in ["", "2026", "2026-01-01T12:00:00+01:00", "2026-01-01T12:00Z"] { #expect(WallTime(text) == nil) }
    }
}
