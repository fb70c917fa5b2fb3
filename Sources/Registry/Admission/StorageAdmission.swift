package import Objects

extension Registry {
    /// The class of claims that name none: of those that are marked as default (or named by
    /// `--default-storage-class`) the newest, of equally old ones the first by name; nil if there is none
    /// (https://kubernetes.io/docs/concepts/storage/storage-classes/#default-storageclass).
    package func defaultStorageClass() throws(Status) -> Object? {
        let candidates = try list(.storageClasses).items.filter { storageClass in
            storageClass.name == options.defaultStorageClass
                || storageClass.annotation("storageclass.kubernetes.io/is-default-class") == "true"
                || storageClass.annotation("storageclass.beta.kubernetes.io/is-default-class") == "true"
        }
        return candidates.min { left, right in
            left.creationTimestamp == right.creationTimestamp
                ? left.name < right.name : left.creationTimestamp > right.creationTimestamp
        }
    }

    func setDefaultClass(_ claim: inout Object) throws(Status) {
        guard claim["spec", "storageClassName"] == nil,
            claim.annotation("volume.beta.kubernetes.io/storage-class") == nil,
            let storageClass = try defaultStorageClass()
        else { return }
        claim["spec", "storageClassName"] = .string(storageClass.name)
    }

    /// https://kubernetes.io/docs/concepts/storage/persistent-volumes/#expanding-persistent-volumes-claims
    func admitResize(_ new: Object, _ old: Object) throws(Status) {
        let path = ["spec", "resources", "requests", "storage"]
        guard let wanted = new.json.at(path), let present = old.json.at(path), isLarger(wanted, than: present) else {
            return
        }
        guard old["status", "phase"]?.string == "Bound" else {
            throw .forbidden(
                .persistentVolumeClaims, old.name, "Only bound persistent volume claims can be expanded")
        }
        let name = Self.className(new)
        guard !name.isEmpty, name == Self.className(old),
            try find(ObjectKey(.storageClasses, name: name))?["allowVolumeExpansion"]?.bool == true
        else {
            throw .forbidden(
                .persistentVolumeClaims, old.name,
                "only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must "
                    + "support resize")
        }
    }

    private static func className(_ claim: Object) -> String {
        claim.annotation("volume.beta.kubernetes.io/storage-class") ?? claim["spec", "storageClassName"]?.string ?? ""
    }

    private func isLarger(_ left: JSON, than right: JSON) -> Bool {
        guard let left = Quantity(json: left), let right = Quantity(json: right) else { return false }
        return left > right
    }
}
