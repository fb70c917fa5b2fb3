extension SchemaTables {
    /// Reviews of users, tokens and access.
    static let reviewTables = #"""
        package io.k8s.api.authentication.v1
        type TokenRequest kind -- A token for a service account.
          1 metadata ObjectMeta
          2 spec TokenRequestSpec! -- The desired state.
          3 status TokenRequestStatus -- The observed state; written by the system.
        type TokenReview kind
          1 metadata ObjectMeta
          2 spec TokenReviewSpec! req
          3 status TokenReviewStatus
        type SelfSubjectReview kind -- Who am I?
          1 metadata ObjectMeta
          2 status SelfSubjectReviewStatus -- The observed state; written by the system.
        package io.k8s.api.authorization.v1
        type SelfSubjectAccessReview kind -- May I do this?
          1 metadata ObjectMeta
          2 spec SelfSubjectAccessReviewSpec! req -- The desired state.
          3 status SubjectAccessReviewStatus -- The observed state; written by the system.
        type SubjectAccessReview kind
          1 metadata ObjectMeta
          2 spec SubjectAccessReviewSpec! req
          3 status SubjectAccessReviewStatus
        type LocalSubjectAccessReview kind
          1 metadata ObjectMeta
          2 spec SubjectAccessReviewSpec! req
          3 status SubjectAccessReviewStatus
        type SelfSubjectRulesReview kind
          1 metadata ObjectMeta
          2 spec SelfSubjectRulesReviewSpec! req
          3 status SubjectRulesReviewStatus
        package io.k8s.api.authentication.v1
        type TokenRequestSpec
          1 audiences [str]! atomic
          4 expirationSeconds ?i64! =3600
          3 boundObjectRef ?BoundObjectReference!
        type TokenRequestStatus
          1 token str!
          2 expirationTimestamp Time!
        type TokenReviewSpec
          1 token str req
          2 audiences [str] atomic
        type TokenReviewStatus
          1 authenticated bool
          2 user UserInfo
          4 audiences [str] atomic
          3 error str
        type SelfSubjectReviewStatus
          1 userInfo UserInfo
        package io.k8s.api.authorization.v1
        type SelfSubjectAccessReviewSpec
          1 resourceAttributes ?ResourceAttributes
          2 nonResourceAttributes ?NonResourceAttributes
        type SubjectAccessReviewStatus
          1 allowed bool! req
          4 denied bool
          2 reason str
          3 evaluationError str
        type SubjectAccessReviewSpec
          1 resourceAttributes ?ResourceAttributes
          2 nonResourceAttributes ?NonResourceAttributes
          3 user str
          4 groups [str] atomic
          5 extra {extra}
          6 uid str
        type SelfSubjectRulesReviewSpec
          1 namespace str
        type SubjectRulesReviewStatus
          1 resourceRules [ResourceRule]! atomic req
          2 nonResourceRules [NonResourceRule]! atomic req
          3 incomplete bool! req
          4 evaluationError str
        package io.k8s.api.authentication.v1
        type BoundObjectReference
          1 kind str
          2 apiVersion str
          3 name str
          4 uid str
        type UserInfo
          1 username str
          2 uid str
          3 groups [str] atomic
          4 extra {extra}
        package io.k8s.api.authorization.v1
        type ResourceAttributes
          1 namespace str
          2 verb str
          3 group str
          4 version str
          5 resource str
          6 subresource str
          7 name str
          8 fieldSelector ?FieldSelectorAttributes
          9 labelSelector ?LabelSelectorAttributes
        type NonResourceAttributes
          1 path str
          2 verb str
        type ResourceRule
          1 verbs [str]! atomic req
          2 apiGroups [str] atomic
          3 resources [str] atomic
          4 resourceNames [str] atomic
        type NonResourceRule
          1 verbs [str]! atomic req
          2 nonResourceURLs [str] atomic
        type FieldSelectorAttributes
          1 rawSelector str
          2 requirements [FieldSelectorRequirement] atomic
        type LabelSelectorAttributes
          1 rawSelector str
          2 requirements [LabelSelectorRequirement] atomic
        package io.k8s.apimachinery.pkg.apis.meta.v1
        type FieldSelectorRequirement
          1 key str! req
          2 operator str! values(DoesNotExist|Exists|In|NotIn) req
          3 values [str] atomic
        """#
}
