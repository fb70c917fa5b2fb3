extension SchemaTables {
    /// StatefulSet, ControllerRevision.
    static let appsTables = #"""
        package io.k8s.api.apps.v1
        type StatefulSet kind
          1 metadata ObjectMeta
          2 spec StatefulSetSpec
          3 status StatefulSetStatus
        type ControllerRevision kind
          1 metadata ObjectMeta
          2 data raw!
          3 revision i64! req
        type StatefulSetSpec
          1 replicas ?i32 =1
          2 selector ?LabelSelector! req
          3 template PodTemplateSpec! req
          4 volumeClaimTemplates [PersistentVolumeClaim] atomic
          5 serviceName str!
          6 podManagementPolicy str values(OrderedReady|Parallel) ="OrderedReady"
          7 updateStrategy StatefulSetUpdateStrategy
          8 revisionHistoryLimit ?i32 =10
          9 minReadySeconds i32
          10 persistentVolumeClaimRetentionPolicy ?StatefulSetPersistentVolumeClaimRetentionPolicy ={}
          11 ordinals ?StatefulSetOrdinals
        type StatefulSetStatus
          1 observedGeneration i64
          2 replicas i32! req
          3 readyReplicas i32
          4 currentReplicas i32
          5 updatedReplicas i32
          6 currentRevision str
          7 updateRevision str
          9 collisionCount ?i32
          10 conditions [StatefulSetCondition] map(type) merge(type)
          11 availableReplicas i32!
        type StatefulSetUpdateStrategy
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
