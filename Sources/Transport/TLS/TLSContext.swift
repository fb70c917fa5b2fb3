internal import NIOCore
internal import NIOSSL
internal import NIOTLS

/// What a TLS listener shows and whom it trusts. Clients may show a certificate of the authority; whoever shows none
/// is anonymous until a request brings a token.
package struct TLSContext: Sendable {
    private let context: NIOSSLContext

    package init(authority: CertificateAuthority, hosts: [String]) throws(KeyFileError) {
        let issued = try authority.server(hosts: hosts)
        do {
            let own = try NIOSSLCertificate(bytes: Array(issued.certificate.utf8), format: .pem)
            let trusted = try NIOSSLCertificate(bytes: Array(authority.certificate.utf8), format: .pem)
            let key = try NIOSSLPrivateKey(bytes: Array(issued.key.utf8), format: .pem)
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: [.certificate(own)], privateKey: .privateKey(key))
            configuration.minimumTLSVersion = .tlsv12
            configuration.applicationProtocols = ["h2", "http/1.1"]
            configuration.trustRoots = .certificates([trusted])
            configuration.certificateVerification = .optionalVerification
            configuration.sendCANameList = true
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            throw KeyFileError(text: "cannot set TLS up: \(error)")
        }
    }

    /// Adds the handlers to a fresh connection. `ready` is called on its event loop when the handshake is done, with
    /// the peer and whether HTTP/2 was agreed on; until `patience` is over, or the connection is closed.
    func configure(
        _ channel: any Channel, patience: TimeAmount,
        ready: @escaping (any Channel, Connection.Peer, _ isHTTP2: Bool) throws -> Void
    ) throws {
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(NIOSSLServerHandler(context: context))
        try pipeline.addHandler(HandshakeHandler(patience: patience, ready: ready))
    }
}

/// Waits for the end of the handshake, then gives way to the handlers of the protocol that was agreed on.
private final class HandshakeHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let patience: TimeAmount
    private let ready: (any Channel, Connection.Peer, Bool) throws -> Void
    private var silence: Scheduled<Void>?
    /// What comes before the handlers that shall have it are in place.
    private var early: [ByteBuffer] = []
    private var isDone = false

    init(patience: TimeAmount, ready: @escaping (any Channel, Connection.Peer, Bool) throws -> Void) {
        self.patience = patience
        self.ready = ready
    }

    func handlerAdded(context: ChannelHandlerContext) {
        silence = context.eventLoop.assumeIsolated().scheduleTask(in: patience) { context.close(promise: nil) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { silence?.cancel() }

    func channelInactive(context: ChannelHandlerContext) {
        silence?.cancel()
        context.fireChannelInactive()
    }

    /// The handlers that take over write at once, and a write can make the channel read: what comes while they are being
    /// added waits for its turn, and what comes before this handler is gone is theirs.
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if isDone { context.fireChannelRead(data) } else { early.append(unwrapInboundIn(data)) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case .handshakeCompleted(let chosen)? = event as? TLSUserEvent else {
            return context.fireUserInboundEventTriggered(event)
        }
        do {
            let certificate = try context.pipeline.syncOperations.nioSSL_peerCertificate()
            let name = try certificate.flatMap { CertificateName(certificate: try $0.toDERBytes()) }
            try ready(context.channel, name.map { .certificate($0) } ?? .anonymous, chosen == "h2")
            while !early.isEmpty { context.fireChannelRead(wrapInboundOut(early.removeFirst())) }
            isDone = true
            context.fireChannelReadComplete()
            context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
        } catch { context.close(promise: nil) }
    }
}
