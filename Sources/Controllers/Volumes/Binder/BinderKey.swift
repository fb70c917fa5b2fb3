/// What the binder looks at in one turn.
package enum BinderKey: Hashable, Sendable {
    case claim(ClaimKey)
    case volume(String)
    /// A pod that has a node: the consumer that claims of a WaitForFirstConsumer class wait for.
    case consumer(PodKey)
}

/// Namespace and name of a pod.
package struct PodKey: Hashable, Sendable {
    package var namespace: String
    package var name: String

    package init(namespace: String, name: String) {
        self.namespace = namespace
        self.name = name
    }
}
