extension SchemaTables {
    /// StatefulSet, ControllerRevision.
    static let appsTables = #"""
        package io.k8s.api.apps.v1
        type StatefulSet kind -- Pods with stable names and storage, numbered from zero.
          1 metadata ObjectMeta
          2 spec StatefulSetSpec -- The desired state.
          3 status StatefulSetStatus -- The observed state; written by the system.
        type ControllerRevision kind -- One version of a template, kept so that a controller can go back to it.
          1 metadata ObjectMeta
          2 data raw!
          3 revision i64! req
        type StatefulSetSpec -- What a set should be.
          1 replicas ?i32 =1 -- How many pods there should be.
          2 selector ?LabelSelector! req -- Its pods; never changes.
          3 template PodTemplateSpec! req -- From what pods are made.
          4 volumeClaimTemplates [PersistentVolumeClaim] atomic -- Claims that each pod has for itself.
          5 serviceName str! -- The headless service that names the pods.
          6 podManagementPolicy str values(OrderedReady|Parallel) ="OrderedReady" -- One by one, or all at once.
          7 updateStrategy StatefulSetUpdateStrategy -- How pods follow a change of the template.
          8 revisionHistoryLimit ?i32 =10 -- How many old templates are kept.
          9 minReadySeconds i32 -- How long a pod must be ready to count as available.
          10 persistentVolumeClaimRetentionPolicy ?StatefulSetPersistentVolumeClaimRetentionPolicy ={} -- What becomes of claims.
          11 ordinals ?StatefulSetOrdinals -- The first number.
        type StatefulSetStatus -- How far a set has come.
          1 observedGeneration i64
          2 replicas i32! req -- How many pods there are.
          3 readyReplicas i32 -- How many of them are ready.
          4 currentReplicas i32
          5 updatedReplicas i32
          6 currentRevision str -- The revision that pods had before.
          7 updateRevision str -- The revision that pods are updated to.
          9 collisionCount ?i32
          10 conditions [StatefulSetCondition] map(type) merge(type)
          11 availableReplicas i32!
        type StatefulSetUpdateStrategy -- How pods follow a change of the template.
          1 type str values(OnDelete|RollingUpdate)
          2 rollingUpdate ?RollingUpdateStatefulSetStrategy
        type StatefulSetPersistentVolumeClaimRetentionPolicy
          1 whenDeleted str enum(Delete|Retain) ="Retain"
          2 whenScaled str enum(Delete|Retain) ="Retain"
        type StatefulSetOrdinals
          1 start i32!
        type StatefulSetCondition
          1 type str! req
          2 status str! req
          3 lastTransitionTime Time
          4 reason str
          5 message str
        type RollingUpdateStatefulSetStrategy
          1 partition ?i32
          2 maxUnavailable ?IntOrString
        """#
}
