/// What is known of a client for as long as its connection lasts.
package final class Connection: Sendable {
    package enum Peer: Sendable, Hashable {
        case unix(PeerCredentials)
        /// A network connection whose client showed a certificate of our authority.
        case certificate(CertificateName)
        /// No local user and no certificate: who it is, if anybody, each request's token tells.
        case anonymous
    }

    package let peer: Peer
    /// The listener's name: `api`, `etcd`, `etcd-tcp`, `tls`.
    package let listener: String

    package init(peer: Peer, listener: String) {
        self.peer = peer
        self.listener = listener
    }

    var account: Account {
        switch peer {
        case .unix(let credentials): .uid(credentials.uid)
        case .certificate(let name): .user(name.commonName)
        case .anonymous: .network
        }
    }

    /// Whose requests these are: a token's bearer has an account of their own, whatever connection brings it.
    func account(of headers: Headers) -> Account {
        guard case .anonymous = peer, let token = headers["Authorization"] else { return account }
        return .bearer(token.hashValue)
    }
}

/// Whom limits are charged to.
enum Account: Sendable, Hashable {
    case uid(UInt32)
    case user(String)
    /// By the hash of what they carry.
    case bearer(Int)
    /// Everybody on the network who has not said who they are.
    case network
    /// Everybody whose TLS handshake is under way, which is a few seconds at most.
    case handshake
}
