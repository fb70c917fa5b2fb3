import Objects

extension TablePrinter {
    static let persistentVolumes = TablePrinter(columns: [
        .name("Name"), .name("Capacity"), .name("Access Modes"), .name("Reclaim Policy"), .name("Status"),
        .name("Claim"), .name("StorageClass"), .name("VolumeAttributesClass"), .name("Reason"), .name("Age"),
        .wide("VolumeMode"),
    ]) { volume, now in
        let claim = volume["spec", "claimRef"]
        let claimName = claim.map { "\($0["namespace"]?.string ?? "")/\($0["name"]?.string ?? "")" } ?? ""
        return [
            .string(volume.name), volume.cell("spec", "capacity", "storage"),
            .string(AccessModes.text(volume["spec", "accessModes"])),
            volume.cell("spec", "persistentVolumeReclaimPolicy"), phase(volume), .string(claimName),
            storageClass(volume), volume.cell("spec", "volumeAttributesClassName", missing: "<unset>"),
            volume.cell("status", "reason"), volume.age(now), volume.cell("spec", "volumeMode", missing: "<unset>"),
        ]
    }

    static let persistentVolumeClaims = TablePrinter(columns: [
        .name("Name"), .name("Status"), .name("Volume"), .name("Capacity"), .name("Access Modes"),
        .name("StorageClass"), .name("VolumeAttributesClass"), .name("Age"), .wide("VolumeMode"),
    ]) { claim, now in
        // Size and modes are those of the volume, so there are none before it is bound.
        let isBound = !(claim["spec", "volumeName"]?.string ?? "").isEmpty
        return [
            .string(claim.name), phase(claim), claim.cell("spec", "volumeName"),
            isBound ? claim.cell("status", "capacity", "storage", missing: "0") : "",
            isBound ? .string(AccessModes.text(claim["status", "accessModes"])) : "", storageClass(claim),
            claim.cell("spec", "volumeAttributesClassName", missing: "<unset>"), claim.age(now),
            claim.cell("spec", "volumeMode", missing: "<unset>"),
        ]
    }

    static let storageClasses = TablePrinter(columns: [
        .name("Name"), .name("Provisioner"), .name("ReclaimPolicy"), .name("VolumeBindingMode"),
        .name("AllowVolumeExpansion"), .name("Age"),
    ]) { item, now in
        let isDefault = ["", ".beta"].contains {
            item.annotation("storageclass\($0).kubernetes.io/is-default-class") == "true"
        }
        return [
            .string(item.name + (isDefault ? " (default)" : "")), item.cell("provisioner"),
            item.cell("reclaimPolicy", missing: "Delete"), item.cell("volumeBindingMode", missing: "Immediate"),
            .bool(item["allowVolumeExpansion"]?.bool ?? false), item.age(now),
        ]
    }

    static let csiDrivers = TablePrinter(columns: [
        .name("Name"), Column(name: "AttachRequired", kind: .boolean), Column(name: "PodInfoOnMount", kind: .boolean),
        Column(name: "StorageCapacity", kind: .boolean), .name("TokenRequests"),
        Column(name: "RequiresRepublish", kind: .boolean), .name("Modes"), .name("Age"),
    ]) { driver, now in
        let audiences = (driver["spec", "tokenRequests"]?.array ?? []).map { $0["audience"]?.string ?? "" }
        let modes = (driver["spec", "volumeLifecycleModes"]?.array ?? []).compactMap(\.string)
        return [
            .string(driver.name), .bool(driver["spec", "attachRequired"]?.bool ?? true),
            .bool(driver["spec", "podInfoOnMount"]?.bool ?? false),
            .bool(driver["spec", "storageCapacity"]?.bool ?? false),
            .string(audiences.isEmpty ? "<unset>" : audiences.joined(separator: ",")),
            .bool(driver["spec", "requiresRepublish"]?.bool ?? false),
            .string(modes.isEmpty ? "<none>" : modes.joined(separator: ",")), driver.age(now),
        ]
    }

    static let csiNodes = TablePrinter(columns: [
        .name("Name"), Column(name: "Drivers", kind: .integer), .name("Age"),
    ]) { node, now in
        [.string(node.name), .integer(Int64((node["spec", "drivers"]?.array ?? []).count)), node.age(now)]
    }

    static let volumeAttachments = TablePrinter(columns: [
        .name("Name"), .name("Attacher"), .name("PV"), .name("Node"), Column(name: "Attached", kind: .boolean),
        .name("Age"),
    ]) { item, now in
        [
            .string(item.name), item.cell("spec", "attacher"), item.cell("spec", "source", "persistentVolumeName"),
            item.cell("spec", "nodeName"), .bool(item["status", "attached"]?.bool ?? false), item.age(now),
        ]
    }

    private static func phase(_ object: Object) -> JSON {
        object.isBeingDeleted ? "Terminating" : object.cell("status", "phase")
    }

    private static func storageClass(_ object: Object) -> JSON {
        if let old = object.annotation("volume.beta.kubernetes.io/storage-class") { return .string(old) }
        return object.cell("spec", "storageClassName")
    }
}

/// `RWO,ROX`: each once, in this order.
enum AccessModes {
    static func text(_ modes: JSON?) -> String {
        let present = Set((modes?.array ?? []).compactMap(\.string))
        let short = [
            ("ReadWriteOnce", "RWO"), ("ReadOnlyMany", "ROX"), ("ReadWriteMany", "RWX"), ("ReadWriteOncePod", "RWOP"),
        ]
        return short.filter { present.contains($0.0) }.map(\.1).joined(separator: ",")
    }
}
