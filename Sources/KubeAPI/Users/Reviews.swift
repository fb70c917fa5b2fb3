import Objects
import Registry
import Transport

extension APIServer {
    /// Reviews are answered with the role's rules and never stored.
    func serve(_ review: Review, namespace: String, _ query: Query, _ call: Call) throws(Status) {
        guard call.request.method == "POST" else { throw .methodNotAllowed() }
        let options = try QueryOptions.write(query, "CreateOptions")
        let body = try TypedBody.decode(
            call.request, type: review.kind, versions: ["\(review.group)/v1"], validation: options.fieldValidation)
        var answer = body.object
        if answer["metadata"] == nil { answer["metadata"] = [:] }
        answer["status"] = try Self.status(of: review, body.object, call.identity)
        call.answer(Answers.json(answer.json, status: 201, try call.shape()))
    }

    private static func status(of review: Review, _ object: Object, _ identity: Identity) throws(Status) -> JSON {
        switch review {
        case .selfSubjectReview:
            return [
                "userInfo": [
                    "username": .string(identity.name), "groups": .array(identity.groups.map { .string($0) }),
                ]
            ]
        case .selfSubjectAccessReview: return decision(AccessRequest(review: object), identity)
        case .subjectAccessReview, .localSubjectAccessReview:
            // The rules know the peers of this machine only, and they are told by their credentials.
            return ["allowed": false, "reason": "this server decides by the credentials of its peers only"]
        case .selfSubjectRulesReview: return rules(identity)
        case .tokenReview: return ["authenticated": false, "error": "this server does not know the token"]
        }
    }

    private static func decision(_ access: AccessRequest, _ identity: Identity) -> JSON {
        guard let why = Authorizer.denial(access, identity) else { return ["allowed": true] }
        return ["allowed": false, "reason": .string(why)]
    }

    private static func rules(_ identity: Identity) -> JSON {
        let verbs: JSON =
            switch identity.role {
            case .administrator: ["*"]
            case .reader: ["get", "list", "watch"]
            case .nobody: []
            }
        let resources: JSON = [["verbs": verbs, "apiGroups": ["*"], "resources": ["*"]]]
        let paths: JSON = [["verbs": verbs, "nonResourceURLs": ["*"]]]
        return [
            "resourceRules": identity.role == .nobody ? [] : resources,
            "nonResourceRules": identity.role == .nobody ? [] : paths, "incomplete": .bool(identity.role == .reader),
        ]
    }
}

extension AccessRequest {
    /// From the spec of a SelfSubjectAccessReview.
    init(review: Object) {
        if let path = review["spec", "nonResourceAttributes", "path"]?.string {
            self.init(verb: review["spec", "nonResourceAttributes", "verb"]?.string ?? "", path: path)
            return
        }
        let attributes = review["spec", "resourceAttributes"]
        func text(_ field: String) -> String { attributes?[field]?.string ?? "" }
        self.init(
            verb: text("verb"), group: text("group"), resource: text("resource"), subresource: text("subresource"),
            namespace: text("namespace"), name: text("name"))
    }
}
