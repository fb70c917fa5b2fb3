extension SchemaTables {
    /// PersistentVolumeClaim, and PersistentVolume without its sources.
    static let claimTables = #"""
        package io.k8s.api.core.v1
        type PersistentVolumeClaim kind
          1 metadata ObjectMeta
          2 spec PersistentVolumeClaimSpec
          3 status PersistentVolumeClaimStatus
        type PersistentVolume kind
          1 metadata ObjectMeta
          2 spec PersistentVolumeSpec
          3 status PersistentVolumeStatus
        type PersistentVolumeClaimSpec
          1 accessModes [str] atomic enum(ReadOnlyMany|ReadWriteMany|ReadWriteOnce|ReadWriteOncePod)
          4 selector ?LabelSelector
          2 resources VolumeResourceRequirements
          3 volumeName str
          5 storageClassName ?str
          6 volumeMode ?str enum(Block|Filesystem) ="Filesystem"
          7 dataSource ?TypedLocalObjectReference
          8 dataSourceRef ?TypedObjectReference
          9 volumeAttributesClassName ?str
        type PersistentVolumeClaimStatus
          1 phase str ="Pending"
          2 accessModes [str] atomic
          3 capacity {Quantity}
          4 conditions [PersistentVolumeClaimCondition] map(type) merge(type)
          5 allocatedResources {Quantity}
          7 allocatedResourceStatuses {str}
          8 currentVolumeAttributesClassName ?str
          9 modifyVolumeStatus ?ModifyVolumeStatus
        type PersistentVolumeSpec
          1 capacity {Quantity}
          2.1 gcePersistentDisk ?GCEPersistentDiskVolumeSource
          2.2 awsElasticBlockStore ?AWSElasticBlockStoreVolumeSource
          2.3 hostPath ?HostPathVolumeSource
          2.4 glusterfs ?GlusterfsPersistentVolumeSource
          2.5 nfs ?NFSVolumeSource
          2.6 rbd ?RBDPersistentVolumeSource
          2.7 iscsi ?ISCSIPersistentVolumeSource
          2.8 cinder ?CinderPersistentVolumeSource
          2.9 cephfs ?CephFSPersistentVolumeSource
          2.10 fc ?FCVolumeSource
          2.11 flocker ?FlockerVolumeSource
          2.12 flexVolume ?FlexPersistentVolumeSource
          2.13 azureFile ?AzureFilePersistentVolumeSource
          2.14 vsphereVolume ?VsphereVirtualDiskVolumeSource
          2.15 quobyte ?QuobyteVolumeSource
          2.16 azureDisk ?AzureDiskVolumeSource
          2.17 photonPersistentDisk ?PhotonPersistentDiskVolumeSource
          2.18 portworxVolume ?PortworxVolumeSource
          2.19 scaleIO ?ScaleIOPersistentVolumeSource
          2.20 local ?LocalVolumeSource
          2.21 storageos ?StorageOSPersistentVolumeSource
          2.22 csi ?CSIPersistentVolumeSource
          3 accessModes [str] atomic enum(ReadOnlyMany|ReadWriteMany|ReadWriteOnce|ReadWriteOncePod)
          4 claimRef ?ObjectReference granular
          5 persistentVolumeReclaimPolicy str enum(Delete|Recycle|Retain) ="Retain"
          6 storageClassName str
          7 mountOptions [str] atomic
          8 volumeMode ?str enum(Block|Filesystem) ="Filesystem"
          9 nodeAffinity ?VolumeNodeAffinity
          10 volumeAttributesClassName ?str
        type PersistentVolumeStatus
          1 phase str ="Pending"
          2 message str
          3 reason str
          4 lastPhaseTransitionTime ?Time
        type VolumeResourceRequirements
          1 limits {Quantity}
          2 requests {Quantity}
        type PersistentVolumeClaimCondition
          1 type str! req
          2 status str! req
          3 lastProbeTime Time
          4 lastTransitionTime Time
          5 reason str
          6 message str
        type ModifyVolumeStatus
          1 targetVolumeAttributesClassName str
          2 status str! req
        type VolumeNodeAffinity
          1 required ?NodeSelector
        type PersistentVolumeClaimTemplate
          1 metadata ObjectMeta
          2 spec PersistentVolumeClaimSpec! req
        """#
}
