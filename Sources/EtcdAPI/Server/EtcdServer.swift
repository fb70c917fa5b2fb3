package import NIOCore
internal import NIOHTTP2
package import Store
package import Transport

/// etcd's v3 API: gRPC over HTTP/2 and the JSON gateway over HTTP/1.1 on the same sockets.
package struct EtcdServer: Sendable {
    private let server: HTTPServer

    /// - Parameters:
    ///   - isReadOnlyForKubernetes: keys of the Kubernetes API are not to be written here (it runs beside this one).
    ///   - facts: sizes for `Status`; `metrics`: the text of `/metrics`.
    package init(
        group: any EventLoopGroup, engine: any Engine, identity: Identity, isReadOnlyForKubernetes: Bool,
        facts: @escaping @Sendable () -> StorageFacts, metrics: @escaping @Sendable () -> String
    ) {
        let router = Router(
            engine: engine, identity: identity, guardian: isReadOnlyForKubernetes ? .kubernetes : .none, facts: facts)
        var limits = Limits()
        // etcd clients open a connection each and keep it: a thousand is a benchmark, not an attack.
        limits.connectionsPerUser = 16_384
        limits.requestsPerUser = 16_384
        server = HTTPServer(
            group: group, responder: GatewayResponder(router: router, metrics: metrics),
            http2: GRPCAcceptor(router: router), limits: limits)
    }

    package func serve(_ socket: ListeningSocket) async throws { try await server.serve(socket) }

    package func shutDown(grace: TimeAmount) async { await server.shutDown(grace: grace) }
}

/// Makes an HTTP/2 connection a gRPC one.
struct GRPCAcceptor: HTTP2Acceptor {
    let router: Router

    func configure(_ channel: any Channel, _ connection: Connection) throws {
        var http2 = NIOHTTP2Handler.ConnectionConfiguration()
        // What a call's headers must have is looked for in `CallHead`; the rest is not used, whatever it is. gRPC frames
        // its messages itself.
        http2.headerBlockValidation = .disabled
        http2.contentLengthValidation = .disabled
        http2.initialSettings = [
            HTTP2Setting(parameter: .maxConcurrentStreams, value: 65_536),
            HTTP2Setting(parameter: .initialWindowSize, value: GRPCConnection.streamWindow),
            HTTP2Setting(parameter: .maxHeaderListSize, value: 16 * 1024),
        ]
        // grpc-go probes the bandwidth with a ping for each burst of data, and cancels calls by resetting streams:
        // both are normal here, so their limits are for floods only.
        http2.controlFrameRateLimit.maximumCount = 100_000
        var streams = NIOHTTP2Handler.StreamConfiguration()
        streams.streamResetFrameRateLimit.maximumCount = 50_000
        streams.streamErrorRateLimit.maximumCount = 50_000
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(
            NIOHTTP2Handler(mode: .server, connectionConfiguration: http2, streamConfiguration: streams))
        try pipeline.addHandler(GRPCConnection(router: router.methods))
    }
}
