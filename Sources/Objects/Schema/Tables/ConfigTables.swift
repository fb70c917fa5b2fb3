extension SchemaTables {
    /// ConfigMap, Secret, ServiceAccount, and references to objects.
    static let configTables = #"""
        package io.k8s.api.core.v1
        type ConfigMap kind
          1 metadata ObjectMeta
          4 immutable ?bool
          2 data {str}
          3 binaryData {bytes}
        type Secret kind
          1 metadata ObjectMeta
          5 immutable ?bool
          2 data {bytes}
          4 stringData {str}
          3 type str ="Opaque"
        type ServiceAccount kind
          1 metadata ObjectMeta
          2 secrets [ObjectReference] map(name) merge(name)
          3 imagePullSecrets [LocalObjectReference] atomic
          4 automountServiceAccountToken ?bool
        type Binding kind
          1 metadata ObjectMeta
          2 target ObjectReference! req
        type PodTemplate kind
          1 metadata ObjectMeta
          2 template PodTemplateSpec
        type ObjectReference atomic
          1 kind str
          2 namespace str
          3 name str
          4 uid str
          5 apiVersion str
          6 resourceVersion str
          7 fieldPath str
        type LocalObjectReference atomic
          1 name str
        type TypedLocalObjectReference atomic
          1 apiGroup ?str!
          2 kind str! req
          3 name str! req
        type TypedObjectReference
          1 apiGroup ?str!
          2 kind str! req
          3 name str! req
          4 namespace ?str
        type SecretReference atomic
          1 name str
          2 namespace str
        """#
}
