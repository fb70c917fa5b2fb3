/// What a list or a watch is narrowed to.
package struct ListQuery: Sendable, Hashable {
    package var labelSelector: String?
    package var fieldSelector: String?
    /// Objects a page; the client fetches page after page.
    package var pageSize: Int?
    /// As it was at this revision; nil: as it is.
    package var atRevision: Int64?
    /// A table's rows carry their whole objects.
    package var includesObjects = false

    package init(labelSelector: String? = nil, fieldSelector: String? = nil, pageSize: Int? = 500) {
        self.labelSelector = labelSelector
        self.fieldSelector = fieldSelector
        self.pageSize = pageSize
    }

    package var selectors: [(name: String, value: String)] {
        [("labelSelector", labelSelector), ("fieldSelector", fieldSelector)]
            .compactMap { name, value in value.map { (name, $0) } }
            + (includesObjects ? [("includeObject", "Object")] : [])
            + (atRevision.map { [("resourceVersion", String($0)), ("resourceVersionMatch", "Exact")] } ?? [])
    }
}

/// How a write is to be treated by the server.
package struct WriteQuery: Sendable, Hashable {
    /// The name under which managedFields remember this write.
    package var fieldManager: String?
    /// `Strict`, `Warn` or `Ignore` of unknown and duplicate fields.
    package var fieldValidation: String?
    /// Everything but the write itself.
    package var dryRun: Bool

    package init(fieldManager: String? = nil, fieldValidation: String? = nil, dryRun: Bool = false) {
        self.fieldManager = fieldManager
        self.fieldValidation = fieldValidation
        self.dryRun = dryRun
    }

    var items: [(name: String, value: String)] {
        var items: [(name: String, value: String)] = []
        if dryRun { items.append(("dryRun", "All")) }
        if let fieldManager { items.append(("fieldManager", fieldManager)) }
        if let fieldValidation { items.append(("fieldValidation", fieldValidation)) }
        return items
    }
}

/// The body of a DELETE (https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/delete-options/).
package struct DeletionOptions: Sendable, Hashable {
    package enum Propagation: String, Sendable {
        case background = "Background", foreground = "Foreground", orphan = "Orphan"
    }

    package var propagation: Propagation?
    /// Seconds; nil leaves it to the object.
    package var gracePeriod: Int64?
    /// Delete only the object of this UID or resourceVersion; another answers 409.
    package var uid: String?
    package var resourceVersion: String?
    package var dryRun: Bool

    package init(
        propagation: Propagation? = nil, gracePeriod: Int64? = nil, uid: String? = nil, resourceVersion: String? = nil,
        dryRun: Bool = false
    ) {
        self.propagation = propagation
        self.gracePeriod = gracePeriod
        self.uid = uid
        self.resourceVersion = resourceVersion
        self.dryRun = dryRun
    }
}

package enum PatchType: String, Sendable {
    case json = "application/json-patch+json"
    case merge = "application/merge-patch+json"
    case strategic = "application/strategic-merge-patch+json"
    case apply = "application/apply-patch+yaml"
}
