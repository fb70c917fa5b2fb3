import Objects

/// Nothing is created in a namespace that does not exist or is being deleted, and three namespaces cannot be deleted
/// (https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#namespacelifecycle).
extension Registry {
    /// What is true of the namespace now must be true when the object is stored: a namespace that has been emptied
    /// meanwhile would keep the object for ever.
    func admitIntoNamespace(_ object: Object, _ request: inout WriteRequest) throws(Status) {
        guard request.kind.namespaced else { return }
        let namespace = try liveNamespace(request.namespace, for: request.resource, object.name)
        request.batch.guardUnchanged(namespace.key, at: namespace.revision)
    }

    /// The namespace that an object is to be made in. Throws 404 if there is none and 403 if it is being deleted.
    func liveNamespace(_ name: String, for resource: ResourceName, _ object: String) throws(Status) -> Stored {
        let kind = try kind(of: .namespaces)
        guard let stored = try load(StorageKeys.object(kind, namespace: "", name: name), kind) else {
            throw .notFound(.namespaces, name)
        }
        let namespace = stored.object
        guard namespace["status", "phase"]?.string == "Terminating" || namespace.isBeingDeleted else { return stored }
        var status = Status.forbidden(
            resource, object, "unable to create new content in namespace \(name) because it is being terminated")
        status.causes = [
            Status.Cause(
                reason: "NamespaceTerminating", message: "namespace \(name) is being terminated",
                field: "metadata.namespace")
        ]
        throw status
    }

    func admitDeletion(_ key: ObjectKey) throws(Status) {
        let immortal = ["default", "kube-system", "kube-public"]
        guard key.resource == .namespaces, immortal.contains(key.name) else { return }
        throw .forbidden(.namespaces, key.name, "this namespace may not be deleted")
    }
}
