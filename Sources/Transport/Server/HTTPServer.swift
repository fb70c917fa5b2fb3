internal import NIOConcurrencyHelpers
package import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// Serves HTTP on any number of listening sockets.
package final class HTTPServer: Sendable {
    private let group: any EventLoopGroup
    private let responder: any Responder
    private let limits: Limits
    private let acceptor: any HTTP2Acceptor
    private let accounts: Accounts
    private let listeners = NIOLockedValueBox<[any Channel]>([])
    private let connections = NIOLockedValueBox<[ObjectIdentifier: any Channel]>([:])

    /// `http2` takes the connections that begin with HTTP/2's preface; without one `responder` answers these too.
    package init(
        group: any EventLoopGroup, responder: any Responder, http2: (any HTTP2Acceptor)? = nil,
        limits: Limits = Limits()
    ) {
        self.group = group
        self.responder = responder
        self.limits = limits
        accounts = Accounts(limits: limits)
        acceptor = http2 ?? HTTP2Requests(responder: responder, limits: limits, accounts: accounts)
    }

    /// Accepts connections of `socket` until `shutDown`; takes the descriptor over. With `tls` they are encrypted, and
    /// the client's certificate says who it is.
    package func serve(_ socket: ListeningSocket, tls: TLSContext? = nil) async throws {
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    // Out of descriptors: wait instead of spinning.
                    try channel.pipeline.syncOperations.addHandler(AcceptBackoffHandler())
                }
            }
            .childChannelOption(.maxMessagesPerRead, value: 4)
            .childChannelInitializer { [self] channel in
                channel.eventLoop.makeCompletedFuture { try self.open(channel, listener: socket.name, tls: tls) }
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

    private func open(_ channel: any Channel, listener: String, tls: TLSContext?) throws {
        let peer = Self.peer(of: channel)
        guard let tls else { return try serve(channel, Connection(peer: peer, listener: listener)) }
        // Until the handshake tells who it is, a connection is nobody's. What strangers keep open behind theirs must
        // not keep anybody from having one.
        let endHandshake = try charge(channel, .handshake)
        try tls.configure(channel, patience: limits.headerTime) { [self] channel, peer, isHTTP2 in
            let connection = Connection(peer: peer, listener: listener)
            try charge(channel, connection.account)
            endHandshake()
            try isHTTP2 ? acceptor.configure(channel, connection) : configureHTTP1(channel, connection)
        }
    }

    private func serve(_ channel: any Channel, _ connection: Connection) throws {
        try charge(channel, connection.account)
        let acceptor = acceptor
        let sniffer = PrefaceSniffer(patience: limits.headerTime) { [self] in
            try configureHTTP1($0, connection)
        } http2: {
            try acceptor.configure($0, connection)
        }
        try channel.pipeline.syncOperations.addHandler(sniffer)
    }

    /// Counts the connection for as long as it lasts, or until what is returned is called; once is enough.
    @discardableResult
    private func charge(_ channel: any Channel, _ account: Account) throws -> @Sendable () -> Void {
        guard accounts.openConnection(account) else { throw TooManyConnections() }
        let identifier = ObjectIdentifier(channel)
        connections.withLockedValue { $0[identifier] = channel }
        let isCharged = NIOLockedValueBox(true)
        let release: @Sendable () -> Void = { [accounts] in
            let wasCharged = isCharged.withLockedValue { charged in
                defer { charged = false }
                return charged
            }
            if wasCharged { accounts.closeConnection(account) }
        }
        channel.closeFuture.whenComplete { [self] _ in
            release()
            connections.withLockedValue { $0[identifier] = nil }
        }
        return release
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
