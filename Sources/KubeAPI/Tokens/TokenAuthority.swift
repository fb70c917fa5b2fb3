import Objects
import Registry
import Transport

/// Gives tokens out and tells whose a token is.
final class TokenAuthority: Sendable {
    /// A token that was found good a moment ago.
    private struct Known: Sendable {
        var claims: TokenClaims
        var identity: Identity
        var since: Int64
    }

    /// How long a token is believed without looking again: what its account was granted, or that it is gone, is known
    /// after so many seconds.
    private static let trustSeconds: Int64 = 10

    private let registry: Registry
    private let rules: IdentityRules
    private let directory: KeyDirectory
    private let signer = Locked<TokenSigner?>(nil)
    private let known = Locked<[String: Known]>([:])

    init(registry: Registry, rules: IdentityRules, directory: KeyDirectory) {
        self.registry = registry
        self.rules = rules
        self.directory = directory
    }

    var now: Int64 { registry.options.clock().seconds }

    func issue(_ subject: TokenClaims.Subject, audiences: [String], seconds: Int64) throws(Status)
        -> (token: String, claims: TokenClaims)
    {
        let claims = TokenClaims(
            subject: subject, audiences: audiences.isEmpty ? [TokenClaims.apiAudience] : audiences, issuedAt: now,
            seconds: seconds, identifier: registry.newUID())
        return (try loadedSigner().sign(claims.json), claims)
    }

    /// Whose token it is, if it is good for one of the audiences; else why not.
    func review(_ token: String, audiences: [String]) -> Result<(Identity, audiences: [String]), TokenProblem> {
        let wanted = audiences.isEmpty ? [TokenClaims.apiAudience] : audiences
        let now = now
        if let known = known.withLock({ $0[token] }), now - known.since < Self.trustSeconds, known.claims.holds(at: now)
        {
            return Self.limit(known.claims, known.identity, to: wanted)
        }
        guard let signer = try? loadedSigner(), let json = signer.claims(token), let claims = TokenClaims(json) else {
            return .failure(TokenProblem("invalid bearer token"))
        }
        guard claims.holds(at: now) else { return .failure(TokenProblem("service account token has expired")) }
        switch identity(claims) {
        case .failure(let problem): return .failure(problem)
        case .success(let identity):
            let fresh = Known(claims: claims, identity: identity, since: now)
            known.withLock {
                if $0.count > 1000 { $0.removeAll() }
                $0[token] = fresh
            }
            return Self.limit(claims, identity, to: wanted)
        }
    }

    private static func limit(_ claims: TokenClaims, _ identity: Identity, to wanted: [String])
        -> Result<(Identity, audiences: [String]), TokenProblem>
    {
        let common = claims.audiences.filter(wanted.contains)
        if common.isEmpty {
            return .failure(
                TokenProblem("token audiences \(claims.audiences) is invalid for the target audiences \(wanted)"))
        }
        return .success((identity, audiences: common))
    }

    private func identity(_ claims: TokenClaims) -> Result<Identity, TokenProblem> {
        switch claims.subject {
        case .local(let uid): return .success(rules.local(uid))
        case .serviceAccount(let account, let uid, let bound):
            let key = ObjectKey(.serviceAccounts, namespace: account.namespace, name: account.name)
            guard let object = try? registry.find(key), object.uid == uid else {
                return .failure(TokenProblem("service account \(account.namespace)/\(account.name) has been deleted"))
            }
            if let bound, !lives(bound, account.namespace) {
                return .failure(TokenProblem("\(bound.kind.lowercased()) \(bound.name) has been deleted"))
            }
            var identity = rules.serviceAccount(account, uid: uid)
            identity.extra["authentication.kubernetes.io/credential-id"] = ["JTI=\(claims.identifier)"]
            if let bound, bound.kind == "Pod" {
                identity.extra["authentication.kubernetes.io/pod-name"] = [bound.name]
                identity.extra["authentication.kubernetes.io/pod-uid"] = [bound.uid]
            }
            return .success(identity)
        }
    }

    private func lives(_ bound: TokenClaims.BoundObject, _ namespace: String) -> Bool {
        guard let key = Self.key(bound.kind, bound.name, namespace), let object = try? registry.find(key) else {
            return false
        }
        return object.uid == bound.uid
    }

    /// Of an object that a token can be bound to.
    static func key(_ kind: String, _ name: String, _ namespace: String) -> ObjectKey? {
        switch kind {
        case "Pod": ObjectKey(.pods, namespace: namespace, name: name)
        case "Secret": ObjectKey(.secrets, namespace: namespace, name: name)
        case "Node": ObjectKey(.nodes, name: name)
        default: nil
        }
    }

    private func loadedSigner() throws(Status) -> TokenSigner {
        let directory = directory
        return try signer.withLock { present throws(Status) in
            if let present { return present }
            do throws(KeyFileError) {
                let loaded = try TokenSigner.load(directory)
                present = loaded
                return loaded
            } catch {
                throw .internalError(error.description)
            }
        }
    }
}

/// Why a token is not accepted.
struct TokenProblem: Error, Sendable {
    let text: String
    init(_ text: String) { self.text = text }
}
