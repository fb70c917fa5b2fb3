extension SchemaTables {
    /// Volumes of pods and their sources; a PersistentVolume has some of them too.
    static let volumeSourceTables = #"""
        package io.k8s.api.core.v1
        type GCEPersistentDiskVolumeSource
          1 pdName str! req
          2 fsType str
          3 partition i32
          4 readOnly bool
        type AWSElasticBlockStoreVolumeSource
          1 volumeID str! req
          2 fsType str
          3 partition i32
          4 readOnly bool
        type HostPathVolumeSource -- A file or directory of the node.
          1 path str! req
          2 type ?str enum(|BlockDevice|CharDevice|Directory|DirectoryOrCreate|File|FileOrCreate|Socket) =""
        type NFSVolumeSource -- A directory of an NFS server.
          1 server str! req
          2 path str! req
          3 readOnly bool
        type FCVolumeSource
          1 targetWWNs [str] atomic
          2 lun ?i32
          3 fsType str
          4 readOnly bool
          5 wwids [str] atomic
        type FlockerVolumeSource
          1 datasetName str
          2 datasetUUID str
        type VsphereVirtualDiskVolumeSource
          1 volumePath str! req
          2 fsType str
          3 storagePolicyName str
          4 storagePolicyID str
        type QuobyteVolumeSource
          1 registry str! req
          2 volume str! req
          3 readOnly bool
          4 user str
          5 group str
          6 tenant str
        type AzureDiskVolumeSource
          1 diskName str! req
          2 diskURI str! req
          3 cachingMode ?str enum(None|ReadOnly|ReadWrite) ="ReadWrite"
          4 fsType ?str ="ext4"
          5 readOnly ?bool =false
          6 kind ?str enum(Dedicated|Managed|Shared) ="Shared"
        type PhotonPersistentDiskVolumeSource
          1 pdID str! req
          2 fsType str
        type PortworxVolumeSource
          1 volumeID str! req
          2 fsType str
          3 readOnly bool
        type Volume -- A directory that the containers of a pod can mount.
          1 name str! req
          2.1 hostPath ?HostPathVolumeSource
          2.2 emptyDir ?EmptyDirVolumeSource
          2.3 gcePersistentDisk ?GCEPersistentDiskVolumeSource
          2.4 awsElasticBlockStore ?AWSElasticBlockStoreVolumeSource
          2.5 gitRepo ?GitRepoVolumeSource
          2.6 secret ?SecretVolumeSource
          2.7 nfs ?NFSVolumeSource
          2.8 iscsi ?ISCSIVolumeSource
          2.9 glusterfs ?GlusterfsVolumeSource
          2.10 persistentVolumeClaim ?PersistentVolumeClaimVolumeSource
          2.11 rbd ?RBDVolumeSource
          2.12 flexVolume ?FlexVolumeSource
          2.13 cinder ?CinderVolumeSource
          2.14 cephfs ?CephFSVolumeSource
          2.15 flocker ?FlockerVolumeSource
          2.16 downwardAPI ?DownwardAPIVolumeSource
          2.17 fc ?FCVolumeSource
          2.18 azureFile ?AzureFileVolumeSource
          2.19 configMap ?ConfigMapVolumeSource
          2.20 vsphereVolume ?VsphereVirtualDiskVolumeSource
          2.21 quobyte ?QuobyteVolumeSource
          2.22 azureDisk ?AzureDiskVolumeSource
          2.23 photonPersistentDisk ?PhotonPersistentDiskVolumeSource
          2.26 projected ?ProjectedVolumeSource
          2.24 portworxVolume ?PortworxVolumeSource
          2.25 scaleIO ?ScaleIOVolumeSource
          2.27 storageos ?StorageOSVolumeSource
          2.28 csi ?CSIVolumeSource
          2.29 ephemeral ?EphemeralVolumeSource
          2.30 image ?ImageVolumeSource
        type EmptyDirVolumeSource -- A directory that lives as long as the pod.
          1 medium str
          2 sizeLimit ?Quantity
        type GitRepoVolumeSource
          1 repository str! req
          2 revision str
          3 directory str
        type SecretVolumeSource
          1 secretName str
          2 items [KeyToPath] atomic
          3 defaultMode ?i32 =420
          4 optional ?bool
        type ISCSIVolumeSource
          1 targetPortal str! req
          2 iqn str! req
          3 lun i32! req
          4 iscsiInterface str ="default"
          5 fsType str
          6 readOnly bool
          7 portals [str] atomic
          8 chapAuthDiscovery bool
          11 chapAuthSession bool
          10 secretRef ?LocalObjectReference
          12 initiatorName ?str
        type GlusterfsVolumeSource
          1 endpoints str! req
          2 path str! req
          3 readOnly bool
        type PersistentVolumeClaimVolumeSource
          1 claimName str! req
          2 readOnly bool
        type RBDVolumeSource
          1 monitors [str]! atomic req
          2 image str! req
          3 fsType str
          4 pool str ="rbd"
          5 user str ="admin"
          6 keyring str ="/etc/ceph/keyring"
          7 secretRef ?LocalObjectReference
          8 readOnly bool
        type FlexVolumeSource
          1 driver str! req
          2 fsType str
          3 secretRef ?LocalObjectReference
          4 readOnly bool
          5 options {str}
        type CinderVolumeSource
          1 volumeID str! req
          2 fsType str
          3 readOnly bool
          4 secretRef ?LocalObjectReference
        type CephFSVolumeSource
          1 monitors [str]! atomic req
          2 path str
          3 user str
          4 secretFile str
          5 secretRef ?LocalObjectReference
          6 readOnly bool
        type DownwardAPIVolumeSource
          1 items [DownwardAPIVolumeFile] atomic
          2 defaultMode ?i32 =420
        type AzureFileVolumeSource
          1 secretName str! req
          2 shareName str! req
          3 readOnly bool
        type ConfigMapVolumeSource
          1.1 name str
          2 items [KeyToPath] atomic
          3 defaultMode ?i32 =420
          4 optional ?bool
        type ProjectedVolumeSource
          1 sources [VolumeProjection]! atomic
          2 defaultMode ?i32 =420
        type ScaleIOVolumeSource
          1 gateway str! req
          2 system str! req
          3 secretRef ?LocalObjectReference! req
          4 sslEnabled bool
          5 protectionDomain str
          6 storagePool str
          7 storageMode str ="ThinProvisioned"
          8 volumeName str
          9 fsType str ="xfs"
          10 readOnly bool
        type StorageOSVolumeSource
          1 volumeName str
          2 volumeNamespace str
          3 fsType str
          4 readOnly bool
          5 secretRef ?LocalObjectReference
        type CSIVolumeSource
          1 driver str! req
          2 readOnly ?bool
          3 fsType ?str
          4 volumeAttributes {str}
          5 nodePublishSecretRef ?LocalObjectReference
        type EphemeralVolumeSource
          1 volumeClaimTemplate ?PersistentVolumeClaimTemplate
        type ImageVolumeSource
          1 reference str
          2 pullPolicy str enum(Always|IfNotPresent|Never)
        type KeyToPath
          1 key str! req
          2 path str! req
          3 mode ?i32
        type DownwardAPIVolumeFile
          1 path str! req
          2 fieldRef ?ObjectFieldSelector
          3 resourceFieldRef ?ResourceFieldSelector
          4 mode ?i32
        type VolumeProjection
          1 secret ?SecretProjection
          2 downwardAPI ?DownwardAPIProjection
          3 configMap ?ConfigMapProjection
          4 serviceAccountToken ?ServiceAccountTokenProjection
          5 clusterTrustBundle ?ClusterTrustBundleProjection
          6 podCertificate ?PodCertificateProjection
        type SecretProjection
          1.1 name str
          2 items [KeyToPath] atomic
          4 optional ?bool
        type DownwardAPIProjection
          1 items [DownwardAPIVolumeFile] atomic
        type ConfigMapProjection
          1.1 name str
          2 items [KeyToPath] atomic
          4 optional ?bool
        type ServiceAccountTokenProjection
          1 audience str
          2 expirationSeconds ?i64 =3600
          3 path str! req
        type ClusterTrustBundleProjection
          1 name ?str
          2 signerName ?str
          3 labelSelector ?LabelSelector
          5 optional ?bool
          4 path str! req
        type PodCertificateProjection
          1 signerName str req
          2 keyType str req
          3 maxExpirationSeconds ?i32
          4 credentialBundlePath str
          5 keyPath str
          6 certificateChainPath str
          7 userAnnotations {str}
        """#
}
