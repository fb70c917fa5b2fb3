import Objects

extension Strategy {
    /// The namespace controller takes this out of `spec.finalizers` when a namespace is empty.
    static let namespaceFinalizer: JSON = "kubernetes"

    static let namespace = Strategy(
        initialStatus: { _, _ in ["phase": "Active"] },
        prepareCreate: { namespace, _ in
            var finalizers = namespace["spec", "finalizers"]?.array ?? []
            if !finalizers.contains(namespaceFinalizer) { finalizers.append(namespaceFinalizer) }
            namespace["spec", "finalizers"] = .array(finalizers)
            namespace.setLabel("kubernetes.io/metadata.name", namespace.name)
        },
        prepareUpdate: { namespace, old, _ in
            namespace["spec", "finalizers"] = old["spec", "finalizers"]
            namespace.setLabel("kubernetes.io/metadata.name", namespace.name)
        })
}
