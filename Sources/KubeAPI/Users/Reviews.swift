import Objects
import Registry
import Transport

extension APIServer {
    /// Reviews are answered with the roles' rules and never stored.
    func serve(_ review: Review, namespace: String, _ query: Query, _ call: Call) throws(Status) {
        guard call.request.method == "POST" else { throw .methodNotAllowed() }
        let options = try QueryOptions.write(query, "CreateOptions")
        let body = try TypedBody.decode(
            call.request, type: review.kind, versions: ["\(review.group)/v1"], validation: options.fieldValidation)
        try Self.check(review, body.object, namespace: namespace)
        var answer = body.object
        if answer["metadata"] == nil { answer["metadata"] = [:] }
        answer["status"] = try status(of: review, body.object, call.identity)
        call.answer(Answers.json(answer.json, status: 201, try call.shape()))
    }

    private func status(of review: Review, _ object: Object, _ identity: Identity) throws(Status) -> JSON {
        switch review {
        case .selfSubjectReview: return ["userInfo": identity.userInfo]
        case .selfSubjectAccessReview: return Self.decision(access(object), identity)
        case .subjectAccessReview, .localSubjectAccessReview:
            let user = object["spec", "user"]?.string ?? ""
            let groups = (object["spec", "groups"]?.array ?? []).compactMap(\.string)
            return Self.decision(access(object), rules.named(user, groups: groups))
        case .selfSubjectRulesReview: return Self.rules(identity)
        case .tokenReview: return tokenReview(object)
        }
    }

    /// With a path spelled as that of a request would be judged.
    private func access(_ review: Object) -> AccessRequest {
        var access = AccessRequest(review: review)
        if !access.path.isEmpty, let path = router.route(access.path).canonicalPath { access.path = path }
        return access
    }

    private func tokenReview(_ object: Object) -> JSON {
        let audiences = (object["spec", "audiences"]?.array ?? []).compactMap(\.string)
        switch tokens?.review(object["spec", "token"]?.string ?? "", audiences: audiences) {
        case .success((let identity, let common))?:
            return [
                "authenticated": true, "user": identity.userInfo, "audiences": .array(common.map { .string($0) }),
            ]
        case .failure(let problem)?: return ["user": [:], "error": .string(problem.text)]
        case nil: return ["user": [:], "error": "this server gives no tokens out"]
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

extension APIServer {
    /// k8s.io/kubernetes, pkg/apis/authorization/validation and pkg/registry/{authorization,authentication}.
    private static func check(_ review: Review, _ object: Object, namespace: String) throws(Status) {
        switch review {
        case .selfSubjectReview: return
        case .tokenReview:
            if object["spec", "token"]?.string ?? "" == "" {
                throw .badRequest("token is required for TokenReview in authentication")
            }
        case .selfSubjectRulesReview:
            if object["spec", "namespace"]?.string ?? "" == "" { throw .badRequest("no namespace on request") }
        case .selfSubjectAccessReview, .subjectAccessReview, .localSubjectAccessReview:
            let problems = accessProblems(review, object, namespace)
            if !problems.isEmpty { throw .invalidReview(review, problems) }
        }
    }

    private static func accessProblems(_ review: Review, _ object: Object, _ namespace: String) -> [FieldError] {
        let (resource, path) = (object["spec", "resourceAttributes"], object["spec", "nonResourceAttributes"])
        var problems: [FieldError] = []
        if let path, resource != nil {
            problems.append(
                .invalid(
                    "spec.nonResourceAttributes", path, "cannot be specified in combination with resourceAttributes"))
        }
        if resource == nil, path == nil {
            problems.append(
                .invalid(
                    "spec.resourceAttributes", .null,
                    "exactly one of nonResourceAttributes or resourceAttributes must be specified"))
        }
        let groups = object["spec", "groups"]?.array ?? []
        if review != .selfSubjectAccessReview, object["spec", "user"]?.string ?? "" == "", groups.isEmpty {
            problems.append(.invalid("spec.user", "", "at least one of user or group must be specified"))
        }
        let own: Set = ["managedFields", review == .localSubjectAccessReview ? "namespace" : "managedFields"]
        let metadata = object["metadata"]?.object ?? JSONObject()
        if metadata.members.contains(where: { !own.contains($0.key) && $0.value != .null && $0.value != "" }) {
            problems.append(.invalid("metadata", .object(metadata), "must be empty"))
        }
        if review == .localSubjectAccessReview {
            let asked = resource?["namespace"]?.string ?? ""
            if resource != nil, asked != namespace {
                problems.append(
                    .invalid("spec.resourceAttributes.namespace", .string(asked), "must match metadata.namespace"))
            }
            if let path {
                problems.append(
                    .invalid("spec.nonResourceAttributes", path, "disallowed on this kind of request"))
            }
        }
        return problems
    }
}

extension Status {
    static func invalidReview(_ review: Review, _ problems: [FieldError]) -> Status {
        // Upstream names no kind here.
        invalid(group: review.group, kind: "", name: "", problems)
            ?? .internalError("a review was refused without a reason")
    }
}

extension AccessRequest {
    /// From the spec of a review of access.
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
