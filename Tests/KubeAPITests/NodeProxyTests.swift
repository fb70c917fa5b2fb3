import NIOCore
import NIOPosix
import Registry
import Testing
import TransportTestSupport

@testable import KubeAPI
@testable import Transport

/// Plays the node agent: logs in chunks; what asks for an upgrade is echoed in capitals once it is upgraded.
private struct FakeNode: Responder {
    func respond(to request: HTTPRequest, _ exchange: any Exchange) {
        guard request.asksForUpgrade else {
            exchange.begin(ResponseHead(status: 200, headers: Headers([("Content-Type", "text/plain")])))
            exchange.write(ByteBuffer(string: "log of \(request.target)\n"))
            return exchange.end()
        }
        let head = ResponseHead(status: 101, headers: Headers([("Connection", "Upgrade"), ("Upgrade", "websocket")]))
        guard let channel = exchange.upgrade(head) else { return }
        try? channel.pipeline.syncOperations.addHandler(Shouter())
        HTTP1Pipeline.dismantle(channel)
    }

    func response(for refusal: Refusal) -> HTTPResponse { HTTPResponse(status: refusal.status) }
}

private final class Shouter: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let text = String(buffer: unwrapInboundIn(data)).uppercased()
        context.writeAndFlush(NIOAny(ByteBuffer(string: text)), promise: nil)
    }
}

@Suite struct NodeProxyTests {
    private static let pod =
        #"{"metadata":{"name":"p"},"spec":{"nodeName":"n","containers":[{"name":"c","image":"i"}]}}"#
    private static let pods = "/api/v1/namespaces/default/pods"

    @Test func relaysLogsAndGluesUpgrades() async throws {
        let server = try await APITestServer()
        let node = HTTPServer(group: MultiThreadedEventLoopGroup.singleton, responder: FakeNode())
        try await node.serve(try UnixListener.bind(path: server.nodeSocket, name: "node"))
        #expect(try await server.call("POST", Self.pods, Self.pod).status == 201)
        let log = try await server.call("GET", Self.pods + "/p/log?tailLines=3&container=c")
        #expect(log.status == 200)
        #expect(log.body.contains("log of \(Self.pods)/p/log?tailLines=3&container=c\n"))
        let client = try RawClient(path: server.path)
        // The first bytes of the new protocol come together with the request.
        try await client.send(
            "GET \(Self.pods)/p/exec?command=sh HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nearly "
        )
        let opened = try await client.receive { $0.hasSuffix("EARLY ") }
        #expect(opened.hasPrefix("HTTP/1.1 101 "))
        try await client.send("hello")
        #expect(try await client.receive { $0 == "HELLO" } == "HELLO")
        await node.shutDown(grace: .zero)
        #expect(try await client.receiveToEnd() == "")
        await server.stop()
    }

    /// What was authorized, and not a spelling of it that the agent might read otherwise.
    @Test func theAgentIsGivenThePathThatWasAuthorized() async throws {
        let server = try await APITestServer()
        let node = HTTPServer(group: MultiThreadedEventLoopGroup.singleton, responder: FakeNode())
        try await node.serve(try UnixListener.bind(path: server.nodeSocket, name: "node"))
        #expect(try await server.call("POST", Self.pods, Self.pod).status == 201)
        let log = try await server.call("GET", "//api/v1/namespaces/default/%70ods/p//log?container=%63")
        #expect(log.body.contains("log of \(Self.pods)/p/log?container=%63\n"), "\(log.body)")
        let volumes = try await server.call("GET", "/%62erth//v1/volumes")
        #expect(volumes.body.contains("log of /berth/v1/volumes\n"), "\(volumes.body)")
        await node.shutDown(grace: .zero)
        await server.stop()
    }

    /// The node agent would take the body for a request of berthd's, which it trusts.
    @Test func whatIsInABodyIsNoRequest() async throws {
        let server = try await APITestServer()
        let node = try RawServer(path: server.nodeSocket)
        #expect(try await server.call("POST", Self.pods, Self.pod).status == 201)
        let smuggled = "GET /berth/v1/volumes HTTP/1.1\r\nHost: x\r\n\r\n"
        let size = String(smuggled.utf8.count, radix: 16)
        let client = try RawClient(path: server.path)
        try await client.send(
            "GET \(Self.pods)/p/log HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "\(size)\r\n\(smuggled)\r\n0\r\n\r\n")
        let agent = try await node.accept()
        let request = try await agent.receive { $0.hasSuffix(smuggled) }
        #expect(request.hasPrefix("GET \(Self.pods)/p/log HTTP/1.1\r\n"))
        let head = request.prefix(request.count - smuggled.count).lowercased()
        #expect(head.contains("\r\ncontent-length: \(smuggled.utf8.count)\r\n"), "\(request)")
        try await agent.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlog\n")
        #expect(try await client.receive { $0.hasSuffix("0\r\n\r\n") }.contains("\r\nlog\n"))
        await server.stop()
    }

    @Test func saysWhyItCannotAsk() async throws {
        let server = try await APITestServer()
        #expect(try await server.call("GET", Self.pods + "/none/log").status == 404)
        _ = try await server.call("POST", Self.pods, Self.pod)
        let unreachable = try await server.call("GET", Self.pods + "/p/log")
        #expect(unreachable.status == 503)
        #expect(unreachable.body.contains("is berth-node running?"))
        #expect(try await server.call("GET", Self.pods + "/p/log?container=x").status == 400)
        let free = #"{"metadata":{"name":"q"},"spec":{"containers":[{"name":"c","image":"i"}]}}"#
        _ = try await server.call("POST", Self.pods, free)
        #expect(try await server.call("GET", Self.pods + "/q/log").status == 204)
        #expect(try await server.call("GET", Self.pods + "/q/log?tailLines=-1").status == 422)
        let unassigned = try await server.call("POST", Self.pods + "/q/exec?command=a")
        #expect(unassigned.status == 400)
        #expect(unassigned.body.contains("does not have a host assigned"))
        await server.stop()
    }
}
