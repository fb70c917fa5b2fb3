extension SchemaTables {
    /// ConfigMap, Secret, ServiceAccount, and references to objects.
    static let configTables = #"""
        package io.k8s.api.core.v1
        type ConfigMap kind -- Configuration as named values.
          1 metadata ObjectMeta
          4 immutable ?bool -- Refuse every further change of the data.
          2 data {str} -- Text by name.
          3 binaryData {bytes} -- Bytes by name.
        type Secret kind -- Confidential values by name.
          1 metadata ObjectMeta
          5 immutable ?bool -- Refuse every further change of the data.
          2 data {bytes} -- Values in base64 by name.
          4 stringData {str} -- Values as text; merged into data when written.
          3 type str ="Opaque" -- What the values are for.
        type ServiceAccount kind -- The identity of programs that run in pods.
          1 metadata ObjectMeta
          2 secrets [ObjectReference] map(name) merge(name)
          3 imagePullSecrets [LocalObjectReference] atomic
          4 automountServiceAccountToken ?bool
        type Binding kind -- The decision that a pod runs on a node.
          1 metadata ObjectMeta
          2 target ObjectReference! req
        type PodTemplate kind
          1 metadata ObjectMeta
          2 template PodTemplateSpec
        type ObjectReference atomic -- An object, wherever it is.
          1 kind str
          2 namespace str
          3 name str
          4 uid str
          5 apiVersion str
          6 resourceVersion str
          7 fieldPath str
        type LocalObjectReference atomic -- The name of an object in the same namespace.
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
