package import Objects

/// Volume plugins that were once part of Kubernetes, as kube-controller-manager 1.36 treats them: a CSI driver stands in
/// for most (https://kubernetes.io/docs/concepts/storage/volumes/#csi-migration). Berth has none of them; what is written
/// here lets the drivers, and a real kube-controller-manager later, find what they expect.
package enum InTreePlugins {
    static let hostPath = "kubernetes.io/host-path"
    private static let drivers = [
        "kubernetes.io/aws-ebs": "ebs.csi.aws.com", "kubernetes.io/azure-disk": "disk.csi.azure.com",
        "kubernetes.io/azure-file": "file.csi.azure.com", "kubernetes.io/cinder": "cinder.csi.openstack.org",
        "kubernetes.io/gce-pd": "pd.csi.storage.gke.io", "kubernetes.io/portworx-volume": "pxd.portworx.com",
        "kubernetes.io/vsphere-volume": "csi.vsphere.vmware.com",
    ]

    package static func driver(of plugin: String) -> String? { drivers[plugin] }

    private static let sources = [
        "awsElasticBlockStore": "kubernetes.io/aws-ebs", "azureDisk": "kubernetes.io/azure-disk",
        "azureFile": "kubernetes.io/azure-file", "cinder": "kubernetes.io/cinder",
        "gcePersistentDisk": "kubernetes.io/gce-pd", "portworxVolume": "kubernetes.io/portworx-volume",
        "vsphereVolume": "kubernetes.io/vsphere-volume",
    ]

    /// The plugin whose volume this was; nil if no driver took it over.
    static func plugin(of volume: Object) -> String? {
        sources.first { volume["spec", $0.key] != nil }?.value
    }

    /// The driver that makes the claim's volume larger is told so.
    static func resizing(_ claim: Object, _ plugin: String) -> [BindDecision.Write] {
        guard let driver = drivers[plugin], claim.annotation(VolumeAnnotation.storageResizer) != driver else {
            return []
        }
        var claim = claim
        claim.setAnnotation(VolumeAnnotation.storageResizer, driver)
        return [.claim(claim)]
    }

    /// With the `migrated-to` that its provisioner calls for.
    package static func annealed(claim: Object) -> Object {
        let provisioner =
            claim.annotation(VolumeAnnotation.storageProvisioner)
            ?? claim.annotation(VolumeAnnotation.betaStorageProvisioner)
        return provisioner.map { withMigration(claim, $0) } ?? claim
    }

    /// With the `migrated-to` that its provisioner calls for, and the finalizers that guard its data.
    package static func annealed(volume: Object) -> Object {
        guard let provisioner = volume.annotation(VolumeAnnotation.provisionedBy) else { return volume }
        var object = withMigration(volume, provisioner)
        let finalizers = finalizers(of: volume, provisioner)
        if finalizers != volume.finalizers { object.finalizers = finalizers }
        return object
    }

    private static func withMigration(_ object: Object, _ provisioner: String) -> Object {
        let wanted = drivers[provisioner]
        let present = object.annotation(VolumeAnnotation.migratedTo)
        guard (wanted ?? "") != (present ?? "") else { return object }
        var object = object
        object.setAnnotation(VolumeAnnotation.migratedTo, wanted)
        return object
    }

    private static func finalizers(of volume: Object, _ provisioner: String) -> [String] {
        var finalizers = volume.finalizers
        if drivers[provisioner] != nil {
            finalizers.removeAll { $0 == VolumeFinalizer.inTreeDeletion }
        } else if provisioner.hasPrefix(Provisioner.inTreePrefix) {
            let policy = volume["spec", "persistentVolumeReclaimPolicy"]?.string
            if policy == "Delete" {
                // Nothing may be added to what is about to go.
                if !finalizers.contains(VolumeFinalizer.inTreeDeletion), !volume.isBeingDeleted {
                    finalizers.append(VolumeFinalizer.inTreeDeletion)
                }
            } else if policy == "Retain" || policy == "Recycle" {
                finalizers.removeAll { $0 == VolumeFinalizer.inTreeDeletion }
            }
            finalizers.removeAll { $0 == VolumeFinalizer.externalDeletion }
        }
        return finalizers
    }
}
