package import Objects

/// A storage class with the facts that decisions need.
package struct StorageClass: Sendable, Hashable {
    package let object: Object
    package let name: String
    package let provisioner: String
    package let waitsForFirstConsumer: Bool
    package let isDefault: Bool
    package let createdAt: String

    /// `isConfiguredDefault`: `--default-storage-class` names it, which does what its annotation would.
    package init(_ object: Object, isConfiguredDefault: Bool = false) {
        self.object = object
        name = object.name
        provisioner = object["provisioner"]?.string ?? ""
        waitsForFirstConsumer = object["volumeBindingMode"]?.string == "WaitForFirstConsumer"
        isDefault =
            isConfiguredDefault || object.annotation(VolumeAnnotation.isDefaultClass) == "true"
            || object.annotation(VolumeAnnotation.betaIsDefaultClass) == "true"
        createdAt = object.creationTimestamp
    }

    /// Of several default classes the newest counts, of equally new ones the first by name.
    package static func `default`(of classes: some Sequence<StorageClass>) -> StorageClass? {
        classes.filter(\.isDefault).min { left, right in
            left.createdAt != right.createdAt ? left.createdAt > right.createdAt : left.name < right.name
        }
    }
}
