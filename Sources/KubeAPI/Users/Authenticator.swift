import Objects
import Transport

/// Tells who makes a request: by the token that it brings, else by its connection.
struct Authenticator: Sendable {
    let identities: IdentityCache
    /// nil: there are no tokens.
    let tokens: TokenAuthority?

    /// 401 for a token that is not good, and for network clients that say nothing about themselves.
    func identity(of request: HTTPRequest) throws(Status) -> Identity {
        let connection = request.connection
        if case .certificate = connection.peer { return identities.identity(of: connection) }
        if let token = bearer(request) {
            guard case .success((let identity, _))? = tokens?.review(token, audiences: []) else {
                throw .unauthorized()
            }
            return identity
        }
        if case .anonymous = connection.peer { throw .unauthorized() }
        return identities.identity(of: connection)
    }

    private func bearer(_ request: HTTPRequest) -> String? {
        guard let value = request.headers["Authorization"] else { return nil }
        let parts = value.split(separator: " ", maxSplits: 1)
        return parts.count == 2 && parts[0].lowercased() == "bearer" ? String(parts[1]) : nil
    }
}
