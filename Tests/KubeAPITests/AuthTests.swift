import Objects
import Registry
import TestSupport
import Testing
import Transport
import TransportTestSupport

@testable import KubeAPI

@Suite struct AuthTests {
    private func rules(_ grants: String = "") throws -> IdentityRules {
        IdentityRules(ownUID: 999, memberGroup: 50, readerGroup: 51, grants: try Grants(parsing: grants))
    }

    @Test func certificatesHaveTheRightsOfTheirGroups() throws {
        func role(_ name: String, _ groups: [String]) throws -> Role {
            let peer = Connection.Peer.certificate(CertificateName(commonName: name, organizations: groups))
            return try rules("carol=read").identity(of: peer).role
        }
        #expect(try role("alice", ["berth"]) == .administrator)
        #expect(try role("alice", ["berth", "berth-read"]) == .reader)
        #expect(try role("alice", ["berth-read"]) == .nobody)
        #expect(try role("alice", ["system:masters"]) == .nobody)
        #expect(try role("carol", []) == .reader)
    }

    @Test func grantsAreParsedOrRefused() throws {
        let grants = try Grants(parsing: "system:serviceaccount:d:n=admin,group=read")
        #expect(grants.role("system:serviceaccount:d:n", ["group"]) == .administrator)
        #expect(grants.role("x", ["group"]) == .reader)
        #expect(grants.role("x", []) == .nobody)
        for text in ["a", "a=root", "=admin", "a=nobody", "a=read,b"] {
            #expect(throws: GrantError.self) { try Grants(parsing: text) }
        }
    }

    @Test func aServiceAccountMayDoNothingByItself() throws {
        let name = ServiceAccountName(namespace: "d", name: "n")
        #expect(try rules().serviceAccount(name, uid: "u").role == .nobody)
        // Not even if somebody names a namespace after the group of members.
        #expect(
            try rules("berth=admin").serviceAccount(ServiceAccountName(namespace: "berth", name: "berth"), uid: "u")
                .role == .nobody)
        #expect(try rules("system:serviceaccounts:d=read").serviceAccount(name, uid: "u").role == .reader)
    }

    @Test func claimsRoundTrip() {
        let account = ServiceAccountName(namespace: "d", name: "n")
        for subject: TokenClaims.Subject in [
            .local(1000), .serviceAccount(account, uid: "u", nil),
            .serviceAccount(account, uid: "u", .init(kind: "Pod", name: "p", uid: "x")),
        ] {
            let claims = TokenClaims(subject: subject, audiences: ["a"], issuedAt: 1000, seconds: 60, identifier: "i")
            #expect(TokenClaims(claims.json) == claims)
            #expect(claims.holds(at: 1059) && !claims.holds(at: 1060) && !claims.holds(at: 0))
        }
        #expect(TokenClaims(["sub": "unix:0", "iss": "somebody", "iat": 1, "exp": 2]) == nil)
    }

    @Test func onlyTheKeysOwnTokensAreUnderstood() throws {
        let folder = TemporaryFolder()
        let signer = try TokenSigner.load(KeyDirectory(folder["keys"]))
        let token = try signer.sign(["sub": "unix:0"])
        #expect(signer.claims(token) == ["sub": "unix:0"])
        #expect(try TokenSigner.load(KeyDirectory(folder["keys"])).claims(token) != nil)
        #expect(try TokenSigner.load(KeyDirectory(folder["others"])).claims(token) == nil)
        let parts = token.split(separator: ".")
        let unsigned = Base64.encodeURL(Array(#"{"alg":"none"}"#.utf8))
        for forged in ["", "..", "\(unsigned).\(parts[1]).", "\(parts[0]).\(parts[1])x.\(parts[2])", "\(token)x"] {
            #expect(signer.claims(forged) == nil)
        }
    }

    /// What the network brings without a certificate or a token is nobody's.
    @Test func aNetworkPeerMustSayWhoItIs() throws {
        let authenticator = Authenticator(identities: IdentityCache(rules: try rules(), clock: { 0 }), tokens: nil)
        let connection = Connection(peer: .anonymous, listener: "tls")
        let plain = HTTPRequest(method: "GET", target: "/version", connection: connection)
        #expect(throws: Status.self) { try authenticator.identity(of: plain) }
        let token = HTTPRequest(
            method: "GET", target: "/version", headers: Headers([("Authorization", "Bearer x")]), connection: connection
        )
        #expect(throws: Status.self) { try authenticator.identity(of: token) }
    }
}
