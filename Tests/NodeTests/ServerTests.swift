import Client
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

    @Test func onePortTooManyIsRefused() throws {
        func ports(_ count: Int) throws -> Int {
            let query = (1...count).map { "ports=\($0)" }.joined(separator: "&")
            let uri = "/api/v1/namespaces/default/pods/web-0/portforward?\(query)"
            return try PortForward.ports(#require(RemoteRequest(uri: uri))).count
        }
        #expect(try ports(127) == 127)
        for count in [128, 129, 60_000] {
            let error = #expect(throws: Status.self) { try ports(count) }
            #expect(error?.code == 400)
        }
    }

    /// A quiet container's log is followed for as long as its client is there, and no longer.
    @Test(arguments: ["", "&sinceTime=9999-12-31T23:59:59Z", "&sinceSeconds=9223372036854775807"])
    func aFollowerEndsWithItsClient(_ query: String) async throws {
        let bench = try NodeBench()
        defer { bench.tearDown() }
        let id = ContainerID(podUID: "a", name: "main", attempt: 0)
        try Files.makeDirectories(bench.context.paths.attempt(id), mode: 0o700)
        let lock = open(bench.context.paths.attempt(id) + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        defer { close(lock) }
        #expect(flock(lock, LOCK_EX) == 0)
        let path = bench.context.paths.log(id)
        try Files.replace(path, Array("2026-01-01T12:00:00.000000000Z stdout F hello\n".utf8))
        let manager = PodManager(bench.context)
        await manager.heard(.listed([bench.pod("a")]))
        try await NodeServer(bench.context, manager).listen()
        let client = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        #expect(withUnixAddress(bench.context.settings.nodeSocket) { connect(client, $0, $1) } == 0)
        let uri = "/api/v1/namespaces/default/pods/web-0/log?follow=true\(query)"
        try Files.writeAll(client, Array("GET \(uri) HTTP/1.1\r\nHost: node\r\n\r\n".utf8), named: "the request")
        #expect(await eventually { followers(of: path) == 1 })
        close(client)
        #expect(await eventually { followers(of: path) == 0 })
    }

    private func followers(of path: String) -> Int {
        ((try? Files.names(in: "/proc/self/fd")) ?? []).filter { name in
            target(ofDescriptor: name) == path
        }.count
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
