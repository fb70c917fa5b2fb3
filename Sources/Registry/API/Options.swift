package import Objects

/// Options of create, update and patch
/// (https://kubernetes.io/docs/reference/kubernetes-api/common-parameters/common-parameters/).
package struct WriteOptions: Sendable, Hashable {
    /// Everything happens but the write.
    package var dryRun = false
    /// Empty: the user agent's first part, as upstream.
    package var fieldManager = ""
    package var fieldValidation = FieldValidation.warn
    /// Apply patches only: take conflicting fields over.
    package var force = false

    package init(
        dryRun: Bool = false, fieldManager: String = "", fieldValidation: FieldValidation = .warn, force: Bool = false
    ) {
        self.dryRun = dryRun
        self.fieldManager = fieldManager
        self.fieldValidation = fieldValidation
        self.force = force
    }
}

package enum ResourceVersionMatch: String, Sendable, Hashable {
    case exact = "Exact"
    case notOlderThan = "NotOlderThan"
}

/// Options of list and of the list part of deletecollection, already parsed from the query.
package struct ListOptions: Sendable, Hashable {
    /// As in the query; empty: everything. Registry parses it and refuses a bad one (400).
    package var labelSelector = ""
    package var fieldSelector = ""
    /// 0 or less: no limit.
    package var limit = 0
    package var continueToken = ""
    package var resourceVersion = ""
    package var resourceVersionMatch: ResourceVersionMatch?

    package init(
        labelSelector: String = "", fieldSelector: String = "", limit: Int = 0, continueToken: String = "",
        resourceVersion: String = "", resourceVersionMatch: ResourceVersionMatch? = nil
    ) {
        self.labelSelector = labelSelector
        self.fieldSelector = fieldSelector
        self.limit = limit
        self.continueToken = continueToken
        self.resourceVersion = resourceVersion
        self.resourceVersionMatch = resourceVersionMatch
    }
}

package enum Propagation: String, Sendable, Hashable {
    case orphan = "Orphan"
    case background = "Background"
    case foreground = "Foreground"
}

package struct DeleteOptions: Sendable, Hashable {
    package var dryRun = false
    /// Seconds; nil: what the kind does by default.
    package var gracePeriodSeconds: Int64?
    package var propagation: Propagation?
    /// Preconditions; empty: none.
    package var uid = ""
    package var resourceVersion = ""

    package init(
        dryRun: Bool = false, gracePeriodSeconds: Int64? = nil, propagation: Propagation? = nil, uid: String = "",
        resourceVersion: String = ""
    ) {
        self.dryRun = dryRun
        self.gracePeriodSeconds = gracePeriodSeconds
        self.propagation = propagation
        self.uid = uid
        self.resourceVersion = resourceVersion
    }
}

/// Parts of an object that are written on their own.
package enum Subresource: String, Sendable, Hashable {
    case status
    case scale
    /// `pods/binding`: Registry.bind
    case binding
    /// `pods/eviction`: Registry.evict
    case eviction
    /// `namespaces/finalize`
    case finalize
    /// `pods/ephemeralcontainers`
    case ephemeralContainers = "ephemeralcontainers"
    /// `pods/resize`
    case resize
}

/// What a patch's bytes are; the raw value is the content type.
package enum PatchKind: String, Sendable, Hashable {
    case json = "application/json-patch+json"
    case merge = "application/merge-patch+json"
    case strategic = "application/strategic-merge-patch+json"
    case apply = "application/apply-patch+yaml"
}
