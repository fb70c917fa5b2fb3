extension SchemaTables {
    /// Sources that only a PersistentVolume has.
    static let persistentSourceTables = #"""
        package io.k8s.api.core.v1
        type GlusterfsPersistentVolumeSource
          1 endpoints str! req
          2 path str! req
          3 readOnly bool
          4 endpointsNamespace ?str
        type RBDPersistentVolumeSource -- A block device of a Ceph cluster.
          1 monitors [str]! atomic req
          2 image str! req
          3 fsType str
          4 pool str ="rbd"
          5 user str ="admin"
          6 keyring str ="/etc/ceph/keyring"
          7 secretRef ?SecretReference
          8 readOnly bool
        type ISCSIPersistentVolumeSource
          1 targetPortal str! req
          2 iqn str! req
          3 lun i32! req
          4 iscsiInterface str ="default"
          5 fsType str
          6 readOnly bool
          7 portals [str] atomic
          8 chapAuthDiscovery bool
          11 chapAuthSession bool
          10 secretRef ?SecretReference
          12 initiatorName ?str
        type CinderPersistentVolumeSource
          1 volumeID str! req
          2 fsType str
          3 readOnly bool
          4 secretRef ?SecretReference
        type CephFSPersistentVolumeSource
          1 monitors [str]! atomic req
          2 path str
          3 user str
          4 secretFile str
          5 secretRef ?SecretReference
          6 readOnly bool
        type FlexPersistentVolumeSource
          1 driver str! req
          2 fsType str
          3 secretRef ?SecretReference
          4 readOnly bool
          5 options {str}
        type AzureFilePersistentVolumeSource
          1 secretName str! req
          2 shareName str! req
          3 readOnly bool
          4 secretNamespace ?str!
        type ScaleIOPersistentVolumeSource
          1 gateway str! req
          2 system str! req
          3 secretRef ?SecretReference! req
          4 sslEnabled bool
          5 protectionDomain str
          6 storagePool str
          7 storageMode str ="ThinProvisioned"
          8 volumeName str
          9 fsType str ="xfs"
          10 readOnly bool
        type LocalVolumeSource -- A directory or device of one node.
          1 path str! req
          2 fsType ?str
        type StorageOSPersistentVolumeSource
          1 volumeName str
          2 volumeNamespace str
          3 fsType str
          4 readOnly bool
          5 secretRef ?ObjectReference
        type CSIPersistentVolumeSource -- A volume of a CSI driver.
          1 driver str! req
          2 volumeHandle str! req
          3 readOnly bool
          4 fsType str
          5 volumeAttributes {str}
          6 controllerPublishSecretRef ?SecretReference
          7 nodeStageSecretRef ?SecretReference
          8 nodePublishSecretRef ?SecretReference
          9 controllerExpandSecretRef ?SecretReference
          10 nodeExpandSecretRef ?SecretReference
        """#
}
