/// Annotations that the volume side reads and writes
/// (https://kubernetes.io/docs/reference/labels-annotations-taints/).
package enum VolumeAnnotation {
    /// On a claim: it has passed through its initial binding. From then on a missing volume means lost data, not "no
    /// volume yet". Its value does not matter.
    package static let bindCompleted = "pv.kubernetes.io/bind-completed"

    /// On a volume or a claim: the controller chose the partner, not a user; so the controller may undo it. Its value
    /// does not matter.
    package static let boundByController = "pv.kubernetes.io/bound-by-controller"

    /// On a volume: which provisioner made it, and so who may delete what is behind it.
    package static let provisionedBy = "pv.kubernetes.io/provisioned-by"

    /// On a claim: which provisioner is to make its volume. External provisioners wait for it.
    package static let storageProvisioner = "volume.kubernetes.io/storage-provisioner"
    /// The same under its older name, which provisioners still read.
    package static let betaStorageProvisioner = "volume.beta.kubernetes.io/storage-provisioner"

    /// On a claim of a WaitForFirstConsumer class: the scheduler chose this node, so that provisioning may begin.
    package static let selectedNode = "volume.kubernetes.io/selected-node"

    /// On a volume: another driver took it over (CSI migration); everybody else stands down.
    package static let migratedTo = "pv.kubernetes.io/migrated-to"

    /// On a volume: its size before a growth whose file system part is still to come.
    package static let preResizeCapacity = "volume.alpha.kubernetes.io/pre-resize-capacity"

    /// On a volume or a claim: the class, from before `spec.storageClassName`; where present it wins.
    package static let storageResizer = "volume.kubernetes.io/storage-resizer"
    package static let betaStorageClass = "volume.beta.kubernetes.io/storage-class"

    /// On a class: claims without class get this one.
    package static let isDefaultClass = "storageclass.kubernetes.io/is-default-class"
    package static let betaIsDefaultClass = "storageclass.beta.kubernetes.io/is-default-class"
}

package enum VolumeFinalizer {
    /// On claims: removed when no pod on a node uses the claim.
    package static let claimProtection = "kubernetes.io/pvc-protection"
    /// On volumes: removed when the volume is not bound.
    package static let volumeProtection = "kubernetes.io/pv-protection"
    /// On volumes of plugins inside Kubernetes whose policy is Delete: removed when what is behind them is deleted.
    package static let inTreeDeletion = "kubernetes.io/pv-controller"
    /// The same of external provisioners.
    package static let externalDeletion = "external-provisioner.volume.kubernetes.io/finalizer"
}

package enum Provisioner {
    /// Ours: `berth-node` makes, moves and removes its directories.
    package static let berthLocal = "berth/local"
    /// Written into a class whose volumes are made by hand.
    package static let none = "kubernetes.io/no-provisioner"
    /// Names of provisioners inside kube-controller-manager begin so; Berth has none of them.
    package static let inTreePrefix = "kubernetes.io/"
}

/// Reasons of the events on claims and volumes, as kube-controller-manager spells them.
package enum VolumeEventReason {
    package static let failedBinding = "FailedBinding"
    package static let volumeMismatch = "VolumeMismatch"
    package static let waitForFirstConsumer = "WaitForFirstConsumer"
    package static let waitForPodScheduled = "WaitForPodScheduled"
    package static let externalProvisioning = "ExternalProvisioning"
    package static let provisioningFailed = "ProvisioningFailed"
    package static let claimLost = "ClaimLost"
    package static let claimMisbound = "ClaimMisbound"
    package static let volumeFailedDelete = "VolumeFailedDelete"
    package static let volumeFailedRecycle = "VolumeFailedRecycle"
    package static let volumeUnknownReclaimPolicy = "VolumeUnknownReclaimPolicy"
    package static let externalExpanding = "ExternalExpanding"
}
