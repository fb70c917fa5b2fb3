import Objects

/// What is to be done, in the words of Kubernetes' authorization.
struct AccessRequest: Sendable, Hashable {
    var verb: String
    var group = ""
    var resource = ""
    var subresource = ""
    var namespace = ""
    var name = ""
    /// Not empty: a path that is no resource, as `Route.canonicalPath` spells it; the rest is empty then.
    var path = ""
}

/// Decides by role alone.
enum Authorizer {
    /// nil: allowed; else why not.
    static func denial(_ request: AccessRequest, _ identity: Identity) -> String? {
        switch identity.role {
        case .administrator: nil
        case .reader: readerDenial(request)
        case .nobody: nobodyDenial(request)
        }
    }

    private static let readingVerbs: Set = ["get", "list", "watch", "head"]

    private static func readerDenial(_ request: AccessRequest) -> String? {
        if isSelfReview(request) || request.path == "/berth/v1/credentials" { return nil }
        guard readingVerbs.contains(request.verb) else { return "members of berth-read may only read" }
        if isOwnPath(request.path) { return "a snapshot holds Secrets, which members of berth-read may not read" }
        // Reviews ask about all resources with a star, and Secrets are among them.
        if ["secrets", "*"].contains(request.resource) { return "members of berth-read may not read Secrets" }
        let isRemoteExecution = ["exec", "attach", "portforward", "proxy", "*"].contains(request.subresource)
        return isRemoteExecution ? "members of berth-read may not enter pods" : nil
    }

    /// One of Berth's own paths, or a pattern in a review that takes them in.
    private static func isOwnPath(_ path: String) -> Bool {
        if path.hasPrefix("/berth/") { return true }
        return path.hasSuffix("*") && "/berth/".hasPrefix(path.dropLast())
    }

    private static func nobodyDenial(_ request: AccessRequest) -> String? {
        if isSelfReview(request) { return nil }
        let isOpenPath = ["/version", "/livez", "/readyz", "/healthz", "/api", "/apis", "/openapi"].contains {
            request.path == $0 || request.path.hasPrefix($0 + "/")
        }
        return isOpenPath
            ? nil : "only root, the daemon's user, members of group berth and whoever --grant names may use it"
    }

    private static func isSelfReview(_ request: AccessRequest) -> Bool {
        request.verb == "create"
            && ["selfsubjectreviews", "selfsubjectaccessreviews", "selfsubjectrulesreviews"].contains(request.resource)
    }

    /// 403 with upstream's text.
    static func forbidden(_ request: AccessRequest, _ identity: Identity, because reason: String) -> Status {
        guard request.path.isEmpty else {
            return Status(
                code: 403, reason: "Forbidden",
                message:
                    "forbidden: User \(Status.quoted(identity.name)) cannot \(request.verb) path \(Status.quoted(request.path)): \(reason)"
            )
        }
        let resource = request.subresource.isEmpty ? request.resource : "\(request.resource)/\(request.subresource)"
        let place =
            request.namespace.isEmpty
            ? "at the cluster scope" : "in the namespace \(Status.quoted(request.namespace))"
        return .forbidden(
            ResourceName(request.resource, group: request.group), request.name,
            "User \(Status.quoted(identity.name)) cannot \(request.verb) resource \(Status.quoted(resource)) "
                + "in API group \(Status.quoted(request.group)) \(place): \(reason)")
    }
}
