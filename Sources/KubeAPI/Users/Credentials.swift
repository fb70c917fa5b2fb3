import NIOCore
import Objects
import Registry
package import Transport

/// What `berth kubeconfig` needs to reach the TLS listener.
package struct TLSEndpoint: Sendable {
    /// `https://127.0.0.1:6443`
    package var server: String
    package var authority: CertificateAuthority

    package init(server: String, authority: CertificateAuthority) {
        self.server = server
        self.authority = authority
    }
}

extension APIServer {
    /// Client certificates and tokens are valid for a year unless asked otherwise.
    private static let lifetime: Int64 = 365 * 86_400

    /// `POST /berth/v1/credentials`: gives whoever may use the socket what says the same of them on the TLS listener.
    /// Who comes with a token is somebody else, whose rights end with the token: that must not become a certificate.
    /// The body is JSON: `{"token": true}` for a token instead of a certificate, `{"expirationSeconds": N}`.
    func giveCredentials(_ call: Call) throws(Status) {
        guard call.request.method == "POST" else { throw .methodNotAllowed() }
        guard case .unix(let peer) = call.request.connection.peer else {
            throw .forbidden("credentials are given out on the Unix socket only", call.identity)
        }
        guard IdentityRules.localUID(call.identity.name) == peer.uid else {
            throw .forbidden(
                "credentials are given out only to the user of the socket's other end, uid \(peer.uid); "
                    + "ask without a token", call.identity)
        }
        guard let endpoint = options.endpoint else {
            throw Status(
                code: 409, reason: "Conflict",
                message:
                    "berthd serves its Unix socket only; start it with --listen 127.0.0.1:6443 (or set `listen` in "
                    + "/etc/berth/berthd.yaml) for clients that need TCP")
        }
        let body = call.request.body.readableBytes > 0 ? try RequestBody.decode(call.request).json : [:]
        let seconds = body["expirationSeconds"]?.integer ?? Self.lifetime
        guard seconds >= 600, seconds <= 10 * Self.lifetime else {
            throw .badRequest("expirationSeconds must be from 600 to \(10 * Self.lifetime), not \(seconds)")
        }
        var answer: [JSONObject.Member] = [
            ("server", .string(endpoint.server)), ("certificateAuthority", .string(endpoint.authority.certificate)),
            ("user", .string(call.identity.name)),
        ]
        if body["token"]?.bool ?? false {
            guard let tokens else { throw .unsupported("tokens are not issued") }
            let issued = try tokens.issue(.local(peer.uid), audiences: [], seconds: seconds)
            answer.append(("token", .string(issued.token)))
        } else {
            let issued = try certificate(endpoint.authority, call.identity, seconds)
            answer += [("clientCertificate", .string(issued.certificate)), ("clientKey", .string(issued.key))]
        }
        call.answer(Answers.json(.object(JSONObject(answer)), status: 201, try call.shape()))
    }

    private func certificate(
        _ authority: CertificateAuthority, _ identity: Identity, _ seconds: Int64
    ) throws(Status) -> CertificateAuthority.Issued {
        let groups: [String] =
            switch identity.role {
            case .administrator: [IdentityRules.memberGroup]
            case .reader: [IdentityRules.memberGroup, IdentityRules.readerGroup]
            case .nobody: []
            }
        let name = CertificateName(commonName: identity.name, organizations: groups)
        do throws(KeyFileError) { return try authority.client(name, seconds: seconds) } catch {
            throw .internalError(error.description)
        }
    }
}

extension Status {
    static func forbidden(_ why: String, _ identity: Identity) -> Status {
        Status(code: 403, reason: "Forbidden", message: "forbidden: User \(Status.quoted(identity.name)): \(why)")
    }
}
