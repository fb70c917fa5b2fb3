/// What the binder looks at in one turn.
package enum BinderKey: Hashable, Sendable {
    case claim(ClaimKey)
    case volume(String)
    /// A pod that has a node: the consumer that claims of a WaitForFirstConsumer class wait for.
    case consumer(PodKey)
    /// All consumers that claims of this class wait for: a volume of the class is free.
    case consumers(className: String)
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
