/// Where the data is: what pods and PersistentVolumes have in common.
enum VolumeSourceRules {
    /// Fields that upstream requires, by source.
    private static let required: [String: [String]] = [
        "gcePersistentDisk": ["pdName"], "awsElasticBlockStore": ["volumeID"], "glusterfs": ["endpoints", "path"],
        "nfs": ["server", "path"], "rbd": ["monitors", "image"], "cephfs": ["monitors"],
        "iscsi": ["targetPortal", "iqn"], "cinder": ["volumeID"], "flexVolume": ["driver"],
        "azureFile": ["secretName", "shareName"], "azureDisk": ["diskName", "diskURI"],
        "vsphereVolume": ["volumePath"], "photonPersistentDisk": ["pdID"], "portworxVolume": ["volumeID"],
        "scaleIO": ["gateway", "system", "volumeName"], "quobyte": ["volume"], "csi": ["volumeHandle"],
    ]

    static func check(
        _ kind: String, _ source: JSONObject, isPersistent: Bool, _ errors: inout [FieldError]
    ) {
        errors.require(required[kind] ?? [], in: source)
        switch kind {
        case "hostPath": hostPath(source, &errors)
        case "local": path(source, &errors)
        case "gcePersistentDisk", "awsElasticBlockStore":
            if let partition = source.number("partition"), !(0...255).contains(partition) {
                errors.report(
                    .invalid("partition", .integer(partition), "must be between 1 and 255, inclusive"))
            }
        case "nfs":
            if !source.text("path").hasPrefix("/") {
                errors.report(.invalid("path", .string(source.text("path")), "must be an absolute path"))
            }
        case "iscsi": iscsi(source, isPersistent: isPersistent, &errors)
        case "fc": fibreChannel(source, &errors)
        case "flexVolume": flexOptions(source, &errors)
        case "flocker": flocker(source, &errors)
        case "quobyte": quobyte(source, &errors)
        case "azureDisk": azureDisk(source, &errors)
        case "cinder": secret(source, isPersistent: isPersistent, &errors)
        case "storageos": storageOS(source, isPersistent: isPersistent, &errors)
        case "glusterfs":
            if let namespace = source["endpointsNamespace"]?.string {
                errors.invalid("endpointsNamespace", namespace, Names.dnsLabel(namespace))
            }
        case "azureFile":
            if source["secretNamespace"] == "" { errors.report(.required("secretNamespace")) }
        case "csi": persistentCSI(source, &errors)
        default: break
        }
    }

    private static func hostPath(_ source: JSONObject, _ errors: inout [FieldError]) {
        path(source, &errors)
        if source.text("path").isEmpty { return }
        errors.oneOf(
            "type", in: source,
            ["", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"])
    }

    /// A path that leaves its folder is refused, whatever it would resolve to.
    private static func path(_ source: JSONObject, _ errors: inout [FieldError]) {
        if source.text("path").isEmpty { errors.report(.required("path")) }
        errors.noBacksteps("path", source.text("path"))
    }

    private static func iscsi(_ source: JSONObject, isPersistent: Bool, _ errors: inout [FieldError]) {
        let name = source.text("iqn")
        if !name.isEmpty, !isInitiator(name) {
            errors.report(.invalid("iqn", .string(name), "must be valid format"))
        }
        errors.range("lun", in: source, 0...255)
        let needsSecret = source.flag("chapAuthDiscovery") || source.flag("chapAuthSession")
        if needsSecret, source["secretRef"] == nil { errors.report(.required("secretRef")) }
        if isPersistent, source["secretRef"] != nil, source.object("secretRef").text("name").isEmpty {
            errors.report(.required("secretRef.name"))
        }
        if let initiator = source["initiatorName"]?.string, !isInitiator(initiator) {
            errors.report(.invalid("initiatorname", .string(initiator), "must be valid format"))
        }
    }

    /// `iqn.YYYY-MM.authority:name`, or 16 or 32 letters and digits after `eui.` or `naa.`.
    static func isInitiator(_ name: String) -> Bool {
        if name.hasPrefix("iqn") { return isQualifiedInitiator(name) }
        guard name.hasPrefix("eui") || name.hasPrefix("naa") else { return false }
        let rest = name.utf8.dropFirst(4)
        return rest.count == (name.hasPrefix("eui") ? 16 : 32) && rest.allSatisfy(Names.isAlphanumeric)
    }

    private static func isQualifiedInitiator(_ name: String) -> Bool {
        let parts = name.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let rest = parts.last, !rest.isEmpty, parts[0].hasPrefix("iqn.") else { return false }
        let authority = parts[0].utf8.dropFirst(4).split(separator: UInt8(ascii: "."), maxSplits: 1)
        guard authority.count == 2 else { return false }
        let date = authority[0].split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        let isDate = date.map(\.count) == [4, 2] && date.allSatisfy { $0.allSatisfy(Names.isDigit) }
        let isNamed = authority[1].allSatisfy { Names.isAlphanumeric($0) || "-.".utf8.contains($0) }
        return isDate && isNamed && !rest.contains { ",;*&$|".contains($0) || $0.isWhitespace }
    }

    private static func fibreChannel(_ source: JSONObject, _ errors: inout [FieldError]) {
        let (names, ids) = (source.list("targetWWNs"), source.list("wwids"))
        if names.isEmpty, ids.isEmpty {
            errors.report(.required("targetWWNs", "must specify either targetWWNs or wwids, but not both"))
        }
        if names.isEmpty { return }
        if !ids.isEmpty {
            errors.report(
                .invalid("targetWWNs", .array(names), "targetWWNs and wwids can not be specified simultaneously"))
        }
        if source["lun"] == nil { errors.report(.required("lun", "lun is required if targetWWNs is specified")) }
        errors.range("lun", in: source, 0...255)
    }

    private static func flexOptions(_ source: JSONObject, _ errors: inout [FieldError]) {
        for key in source.object("options").keys {
            let domain = "." + (key.split(separator: "/").first ?? "").lowercased()
            if domain.hasSuffix(".kubernetes.io") || domain.hasSuffix(".k8s.io") {
                errors.report(
                    .invalid(
                        "options[\(key)]", .string(key), "kubernetes.io and k8s.io namespaces are reserved"))
            }
        }
    }

    private static func flocker(_ source: JSONObject, _ errors: inout [FieldError]) {
        let (name, id) = (source.text("datasetName"), source.text("datasetUUID"))
        if name.isEmpty, id.isEmpty {
            errors.report(.required("", "one of datasetName and datasetUUID is required"))
        }
        if !name.isEmpty, !id.isEmpty {
            errors.report(
                .invalid("", "resource", "datasetName and datasetUUID can not be specified simultaneously"))
        }
        if name.contains("/") { errors.report(.invalid("datasetName", .string(name), "must not contain '/'")) }
    }

    private static func quobyte(_ source: JSONObject, _ errors: inout [FieldError]) {
        let registry = source.text("registry")
        let message = "must be a host:port pair or multiple pairs separated by commas"
        if registry.isEmpty {
            errors.report(.required("registry", message))
        } else if source.text("tenant").utf8.count >= 65 {
            errors.report(.required("tenant", "must be a UUID and may not exceed a length of 64 characters"))
        } else {
            for pair in registry.split(separator: ",", omittingEmptySubsequences: false) where !pair.contains(":") {
                errors.report(.invalid("registry", .string(registry), message))
            }
        }
    }

    private static func azureDisk(_ source: JSONObject, _ errors: inout [FieldError]) {
        errors.oneOf("cachingMode", in: source, ["None", "ReadOnly", "ReadWrite"])
        errors.oneOf("kind", in: source, ["Dedicated", "Managed", "Shared"])
        let uri = source.text("diskURI")
        let isManaged = source.text("kind") == "Managed"
        if source["kind"] != nil, !uri.hasPrefix(isManaged ? "/subscriptions/" : "https://") {
            let form =
                isManaged
                ? "/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}"
                : "https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd"
            errors.report(.notSupported("diskURI", .string(uri), [form]))
        }
    }

    private static func secret(_ source: JSONObject, isPersistent: Bool, _ errors: inout [FieldError]) {
        guard let secret = source["secretRef"]?.object else { return }
        errors.below("secretRef") { $0.require(isPersistent ? ["name", "namespace"] : ["name"], in: secret) }
    }

    private static func storageOS(_ source: JSONObject, isPersistent: Bool, _ errors: inout [FieldError]) {
        errors.requiredName("volumeName", in: source, Names.dnsLabel)
        errors.named("volumeNamespace", in: source, Names.dnsLabel)
        secret(source, isPersistent: isPersistent, &errors)
    }

    private static func persistentCSI(_ source: JSONObject, _ errors: inout [FieldError]) {
        driverName("driver", source.text("driver"), &errors)
        for field in [
            "controllerPublishSecretRef", "controllerExpandSecretRef", "nodePublishSecretRef", "nodeExpandSecretRef",
        ] {
            guard let secret = source[field]?.object else { continue }
            errors.below(field) { errors in
                errors.requiredName("name", in: secret, Names.dnsSubdomain)
                errors.requiredName("namespace", in: secret, Names.dnsLabel)
            }
        }
    }

    static func driverName(_ field: String, _ name: String, _ errors: inout [FieldError]) {
        if name.isEmpty { return errors.report(.required(field)) }
        if name.utf8.count > 63 { errors.report(.tooLong(field, 63)) }
        errors.invalid(field, name, Names.dnsSubdomain(name.lowercased()))
    }
}
