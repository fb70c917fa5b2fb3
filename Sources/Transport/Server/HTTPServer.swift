internal import NIOConcurrencyHelpers
package import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// Serves HTTP on any number of listening sockets.
package final class HTTPServer: Sendable {
    private let group: any EventLoopGroup
    private let responder: any Responder
    private let limits: Limits
    private let http2: (any HTTP2Acceptor)?
    private let accounts: Accounts
    private let listeners = NIOLockedValueBox<[any Channel]>([])
    private let connections = NIOLockedValueBox<[ObjectIdentifier: any Channel]>([:])

    /// Without `http2` only HTTP/1.1 is understood.
    package init(
        group: any EventLoopGroup, responder: any Responder, http2: (any HTTP2Acceptor)? = nil,
        limits: Limits = Limits()
    ) {
        self.group = group
        self.responder = responder
        self.http2 = http2
        self.limits = limits
        accounts = Accounts(limits: limits)
    }

    /// Accepts connections of `socket` until `shutDown`; takes the descriptor over.
    package func serve(_ socket: ListeningSocket) async throws {
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    // Out of descriptors: wait instead of spinning.
                    try channel.pipeline.syncOperations.addHandler(AcceptBackoffHandler())
                }
            }
            .childChannelOption(.maxMessagesPerRead, value: 4)
            .childChannelInitializer { [self] channel in
                channel.eventLoop.makeCompletedFuture { try self.open(channel, listener: socket.name) }
            }
        let channel = try await bootstrap.withBoundSocket(socket.descriptor).get()
        listeners.withLockedValue { $0.append(channel) }
    }

    /// Stops accepting, lets answers that are being given end within `grace`, then closes everything.
    package func shutDown(grace: TimeAmount) async {
        for listener in listeners.withLockedValue({ $0 }) { try? await listener.close() }
        let deadline = NIODeadline.now() + grace
        for channel in connections.withLockedValue({ Array($0.values) }) {
            channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        }
        while !connections.withLockedValue({ $0.isEmpty }), .now() < deadline {
            try? await Task.sleep(for: .milliseconds(5))
        }
        for channel in connections.withLockedValue({ Array($0.values) }) { try? await channel.close() }
    }

    package var connectionCount: Int { connections.withLockedValue { $0.count } }

    private func open(_ channel: any Channel, listener: String) throws {
        let connection = Connection(peer: Self.peer(of: channel), listener: listener)
        guard accounts.openConnection(connection.account) else { throw TooManyConnections() }
        let identifier = ObjectIdentifier(channel)
        connections.withLockedValue { $0[identifier] = channel }
        channel.closeFuture.whenComplete { [self] _ in
            accounts.closeConnection(connection.account)
            connections.withLockedValue { $0[identifier] = nil }
        }
        guard let http2 else { return try configureHTTP1(channel, connection) }
        let sniffer = PrefaceSniffer(patience: limits.headerTime) { [self] in
            try configureHTTP1($0, connection)
        } http2: {
            try http2.configure($0, connection)
        }
        try channel.pipeline.syncOperations.addHandler(sniffer)
    }

    private func configureHTTP1(_ channel: any Channel, _ connection: Connection) throws {
        try HTTP1Pipeline.configure(
            channel, HTTP1Handler(responder: responder, limits: limits, accounts: accounts, connection: connection),
            limits: limits)
    }

    private static func peer(of channel: any Channel) -> Connection.Peer {
        let credentials = try? channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(
            of: NIOBSDSocket.Handle.self, { PeerCredentials(socket: $0) })
        return credentials.flatMap { $0 }.map { .unix($0) } ?? .anonymous
    }
}

/// The user has as many connections as the limits allow; the connection is closed without a word.
private struct TooManyConnections: Error {}
