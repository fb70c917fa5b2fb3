/// Questions about users that are answered at once and not stored.
enum Review: String, Sendable, CaseIterable {
    case selfSubjectReview = "selfsubjectreviews"
    case tokenReview = "tokenreviews"
    case selfSubjectAccessReview = "selfsubjectaccessreviews"
    case selfSubjectRulesReview = "selfsubjectrulesreviews"
    case subjectAccessReview = "subjectaccessreviews"
    case localSubjectAccessReview = "localsubjectaccessreviews"

    init?(group: String, version: String, resource: String) {
        guard version == "v1", let review = Review(rawValue: resource), review.group == group else { return nil }
        self = review
    }

    var group: String {
        switch self {
        case .selfSubjectReview, .tokenReview: "authentication.k8s.io"
        default: "authorization.k8s.io"
        }
    }

    var kind: String {
        switch self {
        case .selfSubjectReview: "SelfSubjectReview"
        case .tokenReview: "TokenReview"
        case .selfSubjectAccessReview: "SelfSubjectAccessReview"
        case .selfSubjectRulesReview: "SelfSubjectRulesReview"
        case .subjectAccessReview: "SubjectAccessReview"
        case .localSubjectAccessReview: "LocalSubjectAccessReview"
        }
    }

    var isNamespaced: Bool { self == .localSubjectAccessReview }
}
