import Objects

/// A namespace is marked and Terminating first; the namespace controller empties it and takes `kubernetes` out of
/// `spec.finalizers`, and with the last finalizer it goes.
enum NamespaceDeletion {
    static func step(
        for namespace: Object, _ kind: KindSchema, _ options: DeleteOptions, now: Timestamp
    ) throws(Status) -> Deletion.Step {
        if !options.uid.isEmpty, options.uid != namespace.uid {
            throw .conflict(
                .namespaces, namespace.name,
                because: "Precondition failed: UID in precondition: \(options.uid), "
                    + "UID in object meta: \(namespace.uid)")
        }
        if !options.resourceVersion.isEmpty, options.resourceVersion != namespace.resourceVersion {
            throw .conflict(
                .namespaces, namespace.name,
                because: "Precondition failed: ResourceVersion in precondition: \(options.resourceVersion), "
                    + "ResourceVersion in object meta: \(namespace.resourceVersion)")
        }
        if !namespace.isBeingDeleted {
            var marked = namespace
            marked["metadata", "deletionTimestamp"] = .string(now.rfc3339)
            marked["status", "phase"] = "Terminating"
            return .mark(marked)
        }
        if !(namespace["spec", "finalizers"]?.array ?? []).isEmpty { return .pending }
        return try Deletion.step(for: namespace, kind, options, now: now)
    }
}
