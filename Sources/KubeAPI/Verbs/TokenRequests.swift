import Objects
import Registry
import Transport

extension APIServer {
    /// `serviceaccounts/token`
    /// (https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-request-v1/).
    func requestToken(_ route: ResourceRoute, _ query: Query, _ call: Call) throws(Status) {
        guard let tokens else { throw .unsupported("tokens are not issued") }
        let options = try QueryOptions.write(query, "CreateOptions")
        let shape = try call.shape()
        let body = try TypedBody.decode(
            call.request, type: "TokenRequest", versions: ["authentication.k8s.io/v1"],
            validation: options.fieldValidation)
        let account = try registry.get(route.key)
        var request = body.object
        guard request.name.isEmpty || request.name == account.name else {
            throw Status.invalid(
                group: "authentication.k8s.io", kind: "TokenRequest", name: account.name,
                [.invalid("metadata.name", .string(request.name), "must match the service account name")])
                ?? .internalError("a token request was refused without a reason")
        }
        let seconds = request["spec", "expirationSeconds"]?.integer ?? 3600
        try Self.checkLifetime(seconds, account)
        var audiences = (request["spec", "audiences"]?.array ?? []).compactMap(\.string)
        if audiences.isEmpty { audiences = [TokenClaims.apiAudience] }
        let bound = try boundObject(request["spec", "boundObjectRef"], account)
        request["spec", "audiences"] = .array(audiences.map { .string($0) })
        request["spec", "expirationSeconds"] = .integer(seconds)
        if request["spec", "boundObjectRef"] == nil { request["spec", "boundObjectRef"] = .null }
        let name = ServiceAccountName(namespace: account.namespace, name: account.name)
        let issued = try tokens.issue(
            .serviceAccount(name, uid: account.uid, bound), audiences: audiences, seconds: seconds)
        request["metadata", "name"] = .string(account.name)
        request["metadata", "namespace"] = .string(account.namespace)
        request["metadata", "creationTimestamp"] = .string(Timestamp(seconds: issued.claims.issuedAt, nanos: 0).rfc3339)
        request["status"] = [
            "token": .string(options.dryRun ? "" : issued.token),
            "expirationTimestamp": .string(Timestamp(seconds: issued.claims.expires, nanos: 0).rfc3339),
        ]
        call.answer(Answers.json(request.json, status: 201, shape))
    }

    private static func checkLifetime(_ seconds: Int64, _ account: Object) throws(Status) {
        let problem =
            seconds < 600
            ? "may not specify a duration less than 10 minutes"
            : seconds > 1 << 32 ? "may not specify a duration larger than 2^32 seconds" : nil
        guard let problem else { return }
        throw Status.invalid(
            group: "authentication.k8s.io", kind: "TokenRequest", name: "",
            [.invalid("spec.expirationSeconds", .integer(seconds), problem)])
            ?? .internalError("a token request was refused without a reason")
    }

    /// The object that the token shall live as long as.
    private func boundObject(_ reference: JSON?, _ account: Object) throws(Status) -> TokenClaims.BoundObject? {
        guard let reference, !reference.isNull else { return nil }
        let (kind, name) = (reference["kind"]?.string ?? "", reference["name"]?.string ?? "")
        guard let key = TokenAuthority.key(kind, name, account.namespace) else {
            throw .badRequest("cannot bind token to object of type \(kind); it must be a Pod, a Secret or a Node")
        }
        let object = try registry.get(key)
        if let uid = reference["uid"]?.string, !uid.isEmpty, uid != object.uid {
            throw .conflict(
                key.resource, name,
                because: "the UID in the bound object reference (\(uid)) does not match the UID in record. "
                    + "The object might have been deleted and then recreated")
        }
        if kind == "Pod", (object["spec", "serviceAccountName"]?.string ?? "default") != account.name {
            throw .badRequest(
                "cannot bind token for serviceaccount \(Status.quoted(account.name)) to pod running with different "
                    + "serviceaccount name.")
        }
        return TokenClaims.BoundObject(kind: kind, name: name, uid: object.uid)
    }
}
