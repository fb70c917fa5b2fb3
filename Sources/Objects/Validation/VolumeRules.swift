/// PersistentVolumes and PersistentVolumeClaims.
enum VolumeRules {
    @Sendable static func volumeSpec(_ spec: JSONObject, _ errors: inout [FieldError]) {
        if spec.list("accessModes").isEmpty { errors.append(.required("accessModes")) }
        checkExclusiveMode(spec, &errors)
        checkCapacity(spec.object("capacity"), &errors)
        if spec["nodeAffinity"] != nil, spec.object("nodeAffinity")["required"] == nil {
            errors.append(.required("nodeAffinity.required", "must specify required node constraints"))
        }
        checkSources(spec, &errors)
        checkClass(spec, &errors)
        if spec.object("hostPath").text("path") == "/", spec.text("persistentVolumeReclaimPolicy") == "Recycle" {
            errors.append(
                .forbidden("persistentVolumeReclaimPolicy", "may not be 'recycle' for a hostPath mount of '/'"))
        }
    }

    @Sendable static func claimSpec(_ spec: JSONObject, _ errors: inout [FieldError]) {
        if spec.list("accessModes").isEmpty {
            errors.append(.required("accessModes", "at least 1 access mode is required"))
        }
        checkExclusiveMode(spec, &errors)
        let storage = spec.object("resources").object("requests")["storage"]
        if storage == nil { errors.append(.required("resources[storage]")) }
        QuantityRules.positive(storage, "resources[storage]", &errors)
        checkClass(spec, &errors)
        checkDataSource(spec, &errors)
    }

    @Sendable static func claimResources(_ resources: JSONObject, _ errors: inout [FieldError]) {}

    private static func checkExclusiveMode(_ spec: JSONObject, _ errors: inout [FieldError]) {
        let modes = Set(spec.texts("accessModes"))
        if modes.contains("ReadWriteOncePod"), modes.count > 1 {
            errors.append(.forbidden("accessModes", "may not use ReadWriteOncePod with other access modes"))
        }
    }

    private static func checkCapacity(_ capacity: JSONObject, _ errors: inout [FieldError]) {
        if capacity.isEmpty { errors.append(.required("capacity")) }
        if capacity["storage"] == nil || capacity.count > 1 {
            errors.append(.notSupported("capacity", .object(capacity), ["storage"]))
        }
        for (name, value) in capacity { QuantityRules.positive(value, "capacity[\(name)]", &errors) }
    }

    /// Upstream's order: the first one found counts, the others are too many.
    private static let sources = [
        "hostPath", "gcePersistentDisk", "awsElasticBlockStore", "glusterfs", "flocker", "nfs", "rbd", "quobyte",
        "cephfs", "iscsi", "cinder", "fc", "flexVolume", "azureFile", "vsphereVolume", "azureDisk",
        "photonPersistentDisk", "portworxVolume", "scaleIO", "local", "storageos", "csi",
    ]

    private static func checkSources(_ spec: JSONObject, _ errors: inout [FieldError]) {
        let found = sources.filter { spec[$0] != nil }
        for extra in found.dropFirst() {
            // A second source is refused as a whole; what is wrong inside it does not matter.
            errors.removeAll { $0.field.hasPrefix(extra + ".") }
            errors.append(.forbidden(extra, "may not specify more than 1 volume type"))
        }
        if found.isEmpty { errors.append(.required("", "must specify a volume type")) }
        if found.first == "local", spec["nodeAffinity"] == nil {
            errors.append(.required("nodeAffinity", "Local volume requires node affinity"))
        }
    }

    private static func checkClass(_ spec: JSONObject, _ errors: inout [FieldError]) {
        for field in ["storageClassName", "volumeAttributesClassName"] where !spec.text(field).isEmpty {
            errors.invalid(field, spec.text(field), Names.dnsSubdomain(spec.text(field)))
        }
    }

    private static func checkDataSource(_ spec: JSONObject, _ errors: inout [FieldError]) {
        for field in ["dataSource", "dataSourceRef"] {
            guard let source = spec[field]?.object else { continue }
            errors.below(field) { errors in
                errors.require(["name", "kind"], in: source)
                if source.text("apiGroup").isEmpty, source.text("kind") != "PersistentVolumeClaim" {
                    errors.append(
                        .invalid(
                            "", .string(source.text("kind")),
                            "must be 'PersistentVolumeClaim' when referencing the default apiGroup"))
                }
            }
        }
    }
}

/// Where the data is: one rule a source, the same for pods and for PersistentVolumes.
enum VolumeSourceRules {
    /// Fields that upstream requires, by type.
    private static let required: [String: [String]] = [
        "GCEPersistentDiskVolumeSource": ["pdName"], "AWSElasticBlockStoreVolumeSource": ["volumeID"],
        "GlusterfsVolumeSource": ["endpoints", "path"], "GlusterfsPersistentVolumeSource": ["endpoints", "path"],
        "NFSVolumeSource": ["server", "path"], "RBDVolumeSource": ["monitors", "image"],
        "RBDPersistentVolumeSource": ["monitors", "image"], "CephFSVolumeSource": ["monitors"],
        "CephFSPersistentVolumeSource": ["monitors"], "ISCSIVolumeSource": ["targetPortal", "iqn"],
        "ISCSIPersistentVolumeSource": ["targetPortal", "iqn"], "CinderVolumeSource": ["volumeID"],
        "CinderPersistentVolumeSource": ["volumeID"], "FlexVolumeSource": ["driver"],
        "FlexPersistentVolumeSource": ["driver"], "AzureFileVolumeSource": ["secretName", "shareName"],
        "AzureFilePersistentVolumeSource": ["secretName", "shareName"],
        "AzureDiskVolumeSource": ["diskName", "diskURI"],
        "VsphereVirtualDiskVolumeSource": ["volumePath"], "PhotonPersistentDiskVolumeSource": ["pdID"],
        "PortworxVolumeSource": ["volumeID"], "ScaleIOVolumeSource": ["gateway", "system", "volumeName"],
        "ScaleIOPersistentVolumeSource": ["gateway", "system", "volumeName"],
        "QuobyteVolumeSource": ["registry", "volume"],
        "SecretVolumeSource": ["secretName"], "ConfigMapVolumeSource": ["name"], "CSIVolumeSource": ["driver"],
        "PersistentVolumeClaimVolumeSource": ["claimName"], "GitRepoVolumeSource": ["repository"],
        "CSIPersistentVolumeSource": ["driver", "volumeHandle"], "EphemeralVolumeSource": ["volumeClaimTemplate"],
    ]

    static var byType: [String: ValidationRules.Rule] {
        var rules: [String: ValidationRules.Rule] = [:]
        for (type, fields) in required {
            rules[type] = { source, errors in
                errors.require(fields, in: source)
                if let more = extra[type] { more(source, &errors) }
            }
        }
        rules["HostPathVolumeSource"] = path
        rules["LocalVolumeSource"] = path
        rules["FCVolumeSource"] = fibreChannel
        return rules
    }

    private static let extra: [String: ValidationRules.Rule] = [
        "NFSVolumeSource": { source, errors in
            let path = source.text("path")
            if !path.isEmpty, !path.hasPrefix("/") {
                errors.append(.invalid("path", .string(path), "must be an absolute path"))
            }
        },
        "CSIPersistentVolumeSource": driver, "CSIVolumeSource": driver,
        "ISCSIVolumeSource": iscsi, "ISCSIPersistentVolumeSource": iscsi,
        "SecretVolumeSource": modes, "ConfigMapVolumeSource": modes,
    ]

    /// A path that leaves its folder is refused, whatever it would resolve to.
    @Sendable private static func path(_ source: JSONObject, _ errors: inout [FieldError]) {
        let path = source.text("path")
        if path.isEmpty { errors.append(.required("path")) }
        if path.split(separator: "/").contains("..") {
            errors.append(.invalid("path", .string(path), "must not contain '..'"))
        }
    }

    @Sendable private static func fibreChannel(_ source: JSONObject, _ errors: inout [FieldError]) {
        if source.list("targetWWNs").isEmpty, source.list("wwids").isEmpty {
            errors.append(.required("targetWWNs", "must specify either targetWWNs or wwids"))
        } else if !source.list("targetWWNs").isEmpty {
            if !source.list("wwids").isEmpty {
                errors.append(
                    .invalid(
                        "targetWWNs", source["targetWWNs"] ?? .null,
                        "targetWWNs and wwids can not be specified simultaneously"))
            }
            guard let lun = source.number("lun") else {
                errors.append(.required("lun", "lun is required if targetWWNs is specified"))
                return
            }
            if !(0...255).contains(lun) {
                errors.append(.invalid("lun", .integer(lun), "must be between 0 and 255, inclusive"))
            }
        }
    }

    @Sendable private static func driver(_ source: JSONObject, _ errors: inout [FieldError]) {
        let driver = source.text("driver")
        if driver.isEmpty { return }
        if driver.utf8.count > 63 { errors.append(.tooLong("driver", 63)) }
        errors.invalid("driver", driver, Names.dnsSubdomain(driver.lowercased()))
    }

    @Sendable private static func iscsi(_ source: JSONObject, _ errors: inout [FieldError]) {
        let name = source.text("iqn")
        if !name.isEmpty, !["iqn", "eui", "naa"].contains(where: name.hasPrefix) {
            errors.append(.invalid("iqn", .string(name), "must be valid format"))
        }
        if let lun = source.number("lun"), !(0...255).contains(lun) {
            errors.append(.invalid("lun", .integer(lun), "must be between 0 and 255, inclusive"))
        }
    }

    @Sendable private static func modes(_ source: JSONObject, _ errors: inout [FieldError]) {
        if let mode = source.number("defaultMode"), !(0...0o777).contains(mode) {
            errors.append(
                .invalid("defaultMode", .integer(mode), "must be a number between 0 and 0777 (octal), both inclusive"))
        }
        errors.each("items", in: source) { item, errors in
            errors.require(["key", "path"], in: item)
            let path = item.text("path")
            if path.hasPrefix("/") { errors.append(.invalid("path", .string(path), "must be a relative path")) }
            if path.split(separator: "/").contains("..") {
                errors.append(.invalid("path", .string(path), "must not contain '..'"))
            }
        }
    }
}
