extension SchemaTables {
    /// StorageClass, CSIDriver, CSINode, VolumeAttachment.
    static let storageTables = #"""
        package io.k8s.api.storage.v1
        type StorageClass kind -- How volumes are made for claims that name the class.
          1 metadata ObjectMeta
          2 provisioner str! req -- Who makes the volumes.
          3 parameters {str} -- What the provisioner is told.
          4 reclaimPolicy ?str enum(Delete|Recycle|Retain) ="Delete" -- What becomes of a volume when its claim goes.
          5 mountOptions [str] atomic -- Options of the mounts.
          6 allowVolumeExpansion ?bool -- Whether claims may grow.
          7 volumeBindingMode ?str enum(Immediate|WaitForFirstConsumer) ="Immediate" -- At once, or with the first pod.
          8 allowedTopologies [TopologySelectorTerm] atomic
        type CSIDriver kind -- A storage driver that is installed.
          1 metadata ObjectMeta
          2 spec CSIDriverSpec! req -- The desired state.
        type CSINode kind -- The storage drivers of one node.
          1 metadata ObjectMeta
          2 spec CSINodeSpec! req -- The desired state.
        type VolumeAttachment kind -- The wish that a volume be attached to a node.
          1 metadata ObjectMeta
          2 spec VolumeAttachmentSpec! req -- The desired state.
          3 status VolumeAttachmentStatus -- The observed state; written by the system.
        package io.k8s.api.core.v1
        type TopologySelectorTerm atomic
          1 matchLabelExpressions [TopologySelectorLabelRequirement] atomic
        package io.k8s.api.storage.v1
        type CSIDriverSpec
          1 attachRequired ?bool =true
          2 podInfoOnMount ?bool =false
          3 volumeLifecycleModes [str] set enum(Ephemeral|Persistent) =["Persistent"]
          4 storageCapacity ?bool =false
          5 fsGroupPolicy ?str enum(File|None|ReadWriteOnceWithFSType) ="ReadWriteOnceWithFSType"
          6 tokenRequests [storage.TokenRequest] atomic
          7 requiresRepublish ?bool =false
          8 seLinuxMount ?bool =false
          9 nodeAllocatableUpdatePeriodSeconds ?i64
          10 serviceAccountTokenInSecrets ?bool
          11 preventPodSchedulingIfMissing ?bool
        type CSINodeSpec
          1 drivers [CSINodeDriver]! map(name) merge(name) req
        type VolumeAttachmentSpec
          1 attacher str! req
          2 source VolumeAttachmentSource! req
          3 nodeName str! req
        type VolumeAttachmentStatus
          1 attached bool! req
          2 attachmentMetadata {str}
          3 attachError ?VolumeError
          4 detachError ?VolumeError
        package io.k8s.api.core.v1
        type TopologySelectorLabelRequirement
          1 key str! req
          2 values [str]! atomic req
        package io.k8s.api.storage.v1
        type storage.TokenRequest
          1 audience str! req
          2 expirationSeconds ?i64
        type CSINodeDriver
          1 name str! req
          2 nodeID str! req
          3 topologyKeys [str]! atomic
          4 allocatable ?VolumeNodeResources
        type VolumeAttachmentSource
          1 persistentVolumeName ?str
          2 inlineVolumeSpec ?PersistentVolumeSpec
        type VolumeError
          1 time Time
          2 message str
          3 errorCode ?i32
        type VolumeNodeResources
          1 count ?i32
        """#
}
