import Registry
import Transport

/// Remembers who a peer is for half a minute, so that the group database is not read for every request.
final class IdentityCache: Sendable {
    private struct Entry: Sendable {
        var identity: Identity
        var since: Int64
    }

    private let rules: IdentityRules
    private let clock: @Sendable () -> Int64
    private let entries = Locked<[Connection.Peer: Entry]>([:])

    /// `clock` in seconds.
    init(rules: IdentityRules, clock: @escaping @Sendable () -> Int64) {
        self.rules = rules
        self.clock = clock
    }

    func identity(of connection: Connection) -> Identity {
        var key = connection.peer
        if case .unix(var credentials) = key {
            credentials.pid = 0
            key = .unix(credentials)
        }
        let now = clock()
        if let entry = entries.withLock({ $0[key] }), now - entry.since < 30 { return entry.identity }
        let identity = rules.identity(of: key)
        let (fresh, peer) = (Entry(identity: identity, since: now), key)
        entries.withLock {
            if $0.count > 1000 { $0.removeAll() }
            $0[peer] = fresh
        }
        return identity
    }
}
