import Glibc
import NIOCore
import NIOPosix
import NIOSSL
import Testing
import TransportTestSupport

@testable import Transport

@Suite struct TLSAccountTests {
    private let folder = TemporaryFolder()
    private let authority: CertificateAuthority

    init() throws { authority = try CertificateAuthority.load(KeyDirectory(folder["keys"]), now: { Int64(time(nil)) }) }

    private func serve(connectionsPerUser: Int) async throws -> (HTTPServer, port: Int) {
        var limits = Limits()
        limits.connectionsPerUser = connectionsPerUser
        let server = HTTPServer(
            group: MultiThreadedEventLoopGroup.singleton, responder: EchoResponder(), limits: limits)
        let (socket, address) = try TCPListener.bind(try #require(TCPAddress("127.0.0.1:0")), name: "tls")
        try await server.serve(socket, tls: try TLSContext(authority: authority, hosts: ["localhost"]))
        return (server, Int(address.port))
    }

    /// What a request is answered on a connection that stays open; fails if the connection does not. nil: no
    /// certificate is shown.
    private func answer(_ port: Int, user: String?) async throws -> String {
        let context = try NIOSSLContext(configuration: try configuration(user))
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let answer = loop.makePromise(of: String.self)
        do {
            _ = try await ClientBootstrap(group: loop)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let pipeline = channel.pipeline.syncOperations
                        try pipeline.addHandler(try NIOSSLClientHandler(context: context, serverHostname: nil))
                        try pipeline.addHandler(Asker(answer))
                    }
                }
                .connect(host: "127.0.0.1", port: port).get()
        } catch { answer.fail(error) }
        return try await answer.futureResult.get()
    }

    private func configuration(_ user: String?) throws -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = .none
        guard let user else { return configuration }
        let issued = try authority.client(CertificateName(commonName: user), seconds: 3600)
        configuration.certificateChain = [
            .certificate(try NIOSSLCertificate(bytes: Array(issued.certificate.utf8), format: .pem))
        ]
        configuration.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: Array(issued.key.utf8), format: .pem))
        return configuration
    }

    @Test func everyUserHasConnectionsOfTheirOwn() async throws {
        let (server, port) = try await serve(connectionsPerUser: 4)
        for number in 0..<10 {
            #expect(try await answer(port, user: "user\(number)").contains("user\(number)"))
        }
        #expect(server.connectionCount == 10)
        await server.shutDown(grace: .zero)
    }

    @Test func strangersKeepNobodyOut() async throws {
        let (server, port) = try await serve(connectionsPerUser: 2)
        for _ in 0..<2 { #expect(try await answer(port, user: nil).contains("anonymous")) }
        await #expect(throws: (any Error).self) { _ = try await answer(port, user: nil) }
        for _ in 0..<2 { #expect(try await answer(port, user: "somebody").contains("somebody")) }
        await #expect(throws: (any Error).self) { _ = try await answer(port, user: "somebody") }
        await server.shutDown(grace: .zero)
    }
}

/// Asks who it is, and hands on what comes until the end of the answer.
private final class Asker: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let answer: EventLoopPromise<String>
    private var received = ""

    init(_ answer: EventLoopPromise<String>) { self.answer = answer }

    func channelActive(context: ChannelHandlerContext) {
        let request = ByteBuffer(string: "GET /who HTTP/1.1\r\nHost: x\r\n\r\n")
        context.writeAndFlush(wrapOutboundOut(request), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received += String(buffer: unwrapInboundIn(data))
        if received.contains("\r\n\r\n"), !received.hasSuffix("\r\n\r\n") { answer.succeed(received) }
    }

    func channelInactive(context: ChannelHandlerContext) { answer.fail(ChannelError.eof) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        answer.fail(error)
        context.close(promise: nil)
    }
}
