extension SchemaTables {
    /// PersistentVolumeClaim, and PersistentVolume without its sources.
    static let claimTables = #"""
        package io.k8s.api.core.v1
        type PersistentVolumeClaim kind -- A request for storage; it is bound to one volume and keeps it.
          1 metadata ObjectMeta
          2 spec PersistentVolumeClaimSpec -- The desired state.
          3 status PersistentVolumeClaimStatus -- The observed state; written by the system.
        type PersistentVolume kind -- A piece of storage that exists independently of pods.
          1 metadata ObjectMeta
          2 spec PersistentVolumeSpec -- The desired state.
          3 status PersistentVolumeStatus -- The observed state; written by the system.
        type PersistentVolumeClaimSpec -- What storage is asked for.
          1 accessModes [str] atomic enum(ReadOnlyMany|ReadWriteMany|ReadWriteOnce|ReadWriteOncePod) -- How it will be mounted.
          4 selector ?LabelSelector -- Labels that the volume must have.
          2 resources VolumeResourceRequirements -- How much is asked for.
          3 volumeName str -- The volume that the claim is bound to.
          5 storageClassName ?str -- The class; empty for none.
          6 volumeMode ?str enum(Block|Filesystem) ="Filesystem" -- A file system or a raw device.
          7 dataSource ?TypedLocalObjectReference
          8 dataSourceRef ?TypedObjectReference
          9 volumeAttributesClassName ?str
        type PersistentVolumeClaimStatus -- What a claim was given.
          1 phase str ="Pending" -- Pending, Bound or Lost.
          2 accessModes [str] atomic
          3 capacity {Quantity} -- The size of the bound volume.
          4 conditions [PersistentVolumeClaimCondition] map(type) merge(type)
          5 allocatedResources {Quantity}
          7 allocatedResourceStatuses {str}
          8 currentVolumeAttributesClassName ?str
          9 modifyVolumeStatus ?ModifyVolumeStatus
        type PersistentVolumeSpec -- Where the data of a volume is and how it may be used.
          1 capacity {Quantity} -- How much fits; only storage counts.
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
          3 accessModes [str] atomic enum(ReadOnlyMany|ReadWriteMany|ReadWriteOnce|ReadWriteOncePod) -- How it can be mounted.
          4 claimRef ?ObjectReference granular -- The claim that has the volume.
          5 persistentVolumeReclaimPolicy str enum(Delete|Recycle|Retain) ="Retain" -- Its fate when the claim goes.
          6 storageClassName str -- The class of the volume; empty for none.
          7 mountOptions [str] atomic -- Options of the mount; not checked.
          8 volumeMode ?str enum(Block|Filesystem) ="Filesystem" -- A file system or a raw device.
          9 nodeAffinity ?VolumeNodeAffinity -- The nodes that can reach the volume.
          10 volumeAttributesClassName ?str
        type PersistentVolumeStatus -- Whether a volume is free, bound or released.
          1 phase str ="Pending" -- Pending, Available, Bound, Released or Failed.
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
