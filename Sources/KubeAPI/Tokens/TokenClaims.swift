import Objects

/// What a token says (https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/).
struct TokenClaims: Sendable, Hashable {
    static let issuer = "https://kubernetes.default.svc"
    /// The audience that the API itself is.
    static let apiAudience = issuer

    enum Subject: Sendable, Hashable {
        case serviceAccount(ServiceAccountName, uid: String, BoundObject?)
        /// A user of this machine, by `berth kubeconfig --token`.
        case local(UInt32)
    }

    /// The token is good for as long as this object lives.
    struct BoundObject: Sendable, Hashable {
        var kind: String
        var name: String
        var uid: String
    }

    var subject: Subject
    var audiences: [String]
    /// Seconds since 1970.
    var issuedAt: Int64
    var expires: Int64
    var identifier: String

    func holds(at now: Int64) -> Bool { now < expires && now >= issuedAt - 60 }

    var json: JSON {
        var members: [JSONObject.Member] = [
            ("aud", .array(audiences.map { .string($0) })), ("exp", .integer(expires)), ("iat", .integer(issuedAt)),
            ("iss", .string(Self.issuer)), ("jti", .string(identifier)),
        ]
        switch subject {
        case .local(let uid): members.append(("sub", .string("unix:\(uid)")))
        case .serviceAccount(let account, let uid, let bound):
            var kubernetes: [JSONObject.Member] = [("namespace", .string(account.namespace))]
            if let bound {
                kubernetes.append((bound.kind.lowercased(), Self.reference(bound.name, bound.uid)))
            }
            kubernetes.append(("serviceaccount", Self.reference(account.name, uid)))
            members.append(("kubernetes.io", .object(JSONObject(kubernetes))))
            members.append(("sub", .string(account.userName)))
        }
        return .object(JSONObject(members + [("nbf", .integer(issuedAt))]))
    }

    private static func reference(_ name: String, _ uid: String) -> JSON {
        ["name": .string(name), "uid": .string(uid)]
    }

    init(subject: Subject, audiences: [String], issuedAt: Int64, seconds: Int64, identifier: String) {
        self.subject = subject
        self.audiences = audiences
        self.issuedAt = issuedAt
        expires = issuedAt + seconds
        self.identifier = identifier
    }

    /// nil if they are not claims that this server makes.
    init?(_ json: JSON) {
        guard json["iss"]?.string == Self.issuer, let issued = json["iat"]?.integer, let expires = json["exp"]?.integer,
            let name = json["sub"]?.string, let subject = Self.subject(name, json["kubernetes.io"])
        else { return nil }
        self.init(
            subject: subject, audiences: (json["aud"]?.array ?? []).compactMap(\.string), issuedAt: issued,
            seconds: expires - issued, identifier: json["jti"]?.string ?? "")
    }

    private static func subject(_ name: String, _ kubernetes: JSON?) -> Subject? {
        if let uid = IdentityRules.localUID(name) { return .local(uid) }
        guard let kubernetes, let namespace = kubernetes["namespace"]?.string,
            let account = kubernetes.at("serviceaccount", "name")?.string,
            let uid = kubernetes.at("serviceaccount", "uid")?.string
        else { return nil }
        let bound = ["Pod", "Secret", "Node"].lazy.compactMap { kind -> BoundObject? in
            guard let reference = kubernetes[kind.lowercased()], let name = reference["name"]?.string,
                let uid = reference["uid"]?.string
            else { return nil }
            return BoundObject(kind: kind, name: name, uid: uid)
        }.first
        return .serviceAccount(ServiceAccountName(namespace: namespace, name: account), uid: uid, bound)
    }
}
