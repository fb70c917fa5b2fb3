package import NIOCore
package import Store
package import Transport

/// etcd's v3 API: gRPC over HTTP/2 and the JSON gateway over HTTP/1.1 on the same sockets.
package struct EtcdServer: Sendable {
    private let server: HTTPServer

    /// - Parameters:
    ///   - isReadOnlyForKubernetes: keys of the Kubernetes API are not to be written here (it runs beside this one).
    ///   - alarmFile: where alarms that are set by hand are kept.
    ///   - facts: sizes for `Status`; `metrics`: the text of `/metrics`.
    package init(
        group: any EventLoopGroup, engine: any Engine, identity: Identity, isReadOnlyForKubernetes: Bool,
        alarmFile: String, facts: @escaping @Sendable () -> StorageFacts,
        metrics: @escaping @Sendable () -> String
    ) throws(StoreError) {
        let router = Router(
            engine: engine, identity: identity, guardian: isReadOnlyForKubernetes ? .kubernetes : .none,
            alarms: try AlarmBook(path: alarmFile), facts: facts)
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
        try channel.pipeline.syncOperations.addHandler(
            GRPCConnection(router: router.methods, mail: router.mails.mail(of: channel.eventLoop)))
    }
}
