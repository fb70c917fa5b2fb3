import Objects

/// Nothing is created in a namespace that does not exist or is being deleted, and three namespaces cannot be deleted
/// (https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#namespacelifecycle).
extension Registry {
    func admitIntoNamespace(_ object: Object, _ request: WriteRequest) throws(Status) {
        guard request.kind.namespaced else { return }
        guard let namespace = try find(ObjectKey(.namespaces, name: request.namespace)) else {
            throw .notFound(.namespaces, request.namespace)
        }
        guard namespace["status", "phase"]?.string == "Terminating" || namespace.isBeingDeleted else { return }
        var status = Status.forbidden(
            request.resource, object.name,
            "unable to create new content in namespace \(request.namespace) because it is being terminated")
        status.causes = [
            Status.Cause(
                reason: "NamespaceTerminating", message: "namespace \(request.namespace) is being terminated",
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
