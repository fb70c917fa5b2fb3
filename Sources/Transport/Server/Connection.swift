/// What is known of a client for as long as its connection lasts.
package final class Connection: Sendable {
    package enum Peer: Sendable, Hashable {
        case unix(PeerCredentials)
        /// No local user: a network connection that was not (yet) authenticated.
        case anonymous
    }

    package let peer: Peer
    /// The listener's name: `api`, `etcd`, `etcd-tcp`.
    package let listener: String

    package init(peer: Peer, listener: String) {
        self.peer = peer
        self.listener = listener
    }

    /// Whose account limits are charged to; the peer's uid, or one account for everybody unknown.
    var account: Int64 {
        switch peer {
        case .unix(let credentials): Int64(credentials.uid)
        case .anonymous: -1
        }
    }
}
