extension SchemaTables {
    /// Namespace.
    static let namespaceTables = #"""
        package io.k8s.api.core.v1
        type Namespace kind -- A scope for names.
          1 metadata ObjectMeta
          2 spec NamespaceSpec -- The desired state.
          3 status NamespaceStatus -- The observed state; written by the system.
        type NamespaceSpec
          1 finalizers [str] atomic
        type NamespaceStatus
          1 phase str ="Active"
          2 conditions [NamespaceCondition] map(type) merge(type)
        type NamespaceCondition
          1 type str! req
          2 status str! req
          4 lastTransitionTime Time
          5 reason str
          6 message str
        """#
}
