/// PersistentVolumes and PersistentVolumeClaims (k8s.io/kubernetes, pkg/apis/core/validation).
enum VolumeRules {
    private static let modes = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"]

    /// Only these had mount options when an annotation carried them.
    private static let mountable = [
        "gcePersistentDisk", "awsElasticBlockStore", "glusterfs", "nfs", "rbd", "quobyte", "iscsi", "cinder", "cephfs",
        "azureFile", "vsphereVolume", "azureDisk", "photonPersistentDisk",
    ]

    static func mountOptions(_ volume: Object, _ errors: inout [FieldError]) {
        let name = "volume.beta.kubernetes.io/mount-options"
        guard volume.annotation(name) != nil, !mountable.contains(where: { volume["spec", $0] != nil }) else { return }
        errors.report(
            .forbidden("metadata.annotations.\(name)", "may not specify mount options for this volume type"))
    }

    @Sendable static func volume(_ volume: JSONObject, _ errors: inout [FieldError]) {
        let name = volume.object("metadata").text("name")
        errors.below("spec") { volumeSpec(volume.object("spec"), name: name, &$0) }
    }

    /// `isInline`: part of a VolumeAttachment, for a volume that has no object of its own.
    static func volumeSpec(
        _ spec: JSONObject, name: String, isInline: Bool = false, _ errors: inout [FieldError]
    ) {
        if isInline { checkInline(spec, &errors) }
        if spec.list("accessModes").isEmpty { errors.report(.required("accessModes")) }
        checkModes(spec, &errors)
        if !isInline {
            checkCapacity(spec.object("capacity"), &errors)
            if !spec.text("persistentVolumeReclaimPolicy").isEmpty {
                errors.oneOf("persistentVolumeReclaimPolicy", in: spec, ["Delete", "Recycle", "Retain"])
            }
            errors.oneOf("volumeMode", in: spec, ["Block", "Filesystem"])
            errors.named("storageClassName", in: spec, Names.dnsSubdomain)
            checkAffinity(spec, &errors)
        }
        checkSources(spec, name, &errors)
        let isRoot = spec["hostPath"] != nil && isRootPath(spec.object("hostPath").text("path"))
        if isRoot, spec.text("persistentVolumeReclaimPolicy") == "Recycle" {
            errors.report(
                .forbidden("persistentVolumeReclaimPolicy", "may not be 'recycle' for a hostPath mount of '/'"))
        }
        if let name = spec["volumeAttributesClassName"]?.string { checkAttributes(name, spec, &errors) }
    }

    private static func checkInline(_ spec: JSONObject, _ errors: inout [FieldError]) {
        let message = "may not be specified in the context of inline volumes"
        for field in ["claimRef", "capacity", "nodeAffinity", "storageClassName"] where !(spec[field]?.isZero ?? true) {
            errors.report(.forbidden(field, message))
        }
        if spec["csi"] == nil {
            errors.report(.required("csi", "has to be specified in the context of inline volumes"))
        }
        for (field, only) in [("persistentVolumeReclaimPolicy", "Retain"), ("volumeMode", "Filesystem")]
        where !spec.text(field).isEmpty && spec.text(field) != only {
            errors.report(.forbidden(field, "may only be \(only) in the context of inline volumes"))
        }
    }

    private static func checkAffinity(_ spec: JSONObject, _ errors: inout [FieldError]) {
        guard let affinity = spec["nodeAffinity"]?.object else { return }
        guard let required = affinity["required"]?.object else {
            errors.report(.required("nodeAffinity.required", "must specify required node constraints"))
            return
        }
        errors.below("nodeAffinity.required") { SelectorRules.nodeSelector(required, &$0) }
    }

    private static func checkAttributes(_ name: String, _ spec: JSONObject, _ errors: inout [FieldError]) {
        if name.isEmpty {
            errors.report(.required("volumeAttributesClassName", "an empty string is disallowed"))
        } else {
            errors.invalid("volumeAttributesClassName", name, Names.dnsSubdomain(name))
        }
        if spec["csi"] == nil {
            errors.report(.required("csi", "has to be specified when using volumeAttributesClassName"))
        }
    }

    /// What a cleaned path would be `/`.
    private static func isRootPath(_ path: String) -> Bool {
        var depth = 0
        for part in path.split(separator: "/") where part != "." {
            depth = part == ".." ? max(0, depth - 1) : depth + 1
        }
        return path.hasPrefix("/") && depth == 0
    }

    @Sendable static func claimSpec(_ spec: JSONObject, _ errors: inout [FieldError]) {
        if spec.list("accessModes").isEmpty {
            errors.report(.required("accessModes", "at least 1 access mode is required"))
        }
        errors.below("selector") { SelectorRules.labelSelector(spec.object("selector"), &$0) }
        checkModes(spec, &errors)
        if let storage = spec.object("resources").object("requests")["storage"] {
            if let size = QuantityRules.quantity(storage), size.nanos <= 0 {
                errors.report(.invalid("resources[storage]", storage, "must be greater than zero"))
            }
        } else {
            errors.report(.required("resources[storage]"))
        }
        for field in ["storageClassName", "volumeAttributesClassName"] {
            errors.named(field, in: spec, Names.dnsSubdomain)
        }
        errors.oneOf("volumeMode", in: spec, ["Block", "Filesystem"])
        checkDataSource(spec, &errors)
    }

    private static func checkModes(_ spec: JSONObject, _ errors: inout [FieldError]) {
        let given = spec.texts("accessModes")
        for mode in given where !modes.contains(mode) {
            errors.report(.notSupported("accessModes", .string(mode), modes))
        }
        let isExclusive = given.contains("ReadWriteOncePod")
        if isExclusive, given.contains(where: { $0 != "ReadWriteOncePod" && modes.contains($0) }) {
            errors.report(.forbidden("accessModes", "may not use ReadWriteOncePod with other access modes"))
        }
    }

    private static func checkCapacity(_ capacity: JSONObject, _ errors: inout [FieldError]) {
        if capacity.isEmpty { errors.report(.required("capacity")) }
        if capacity["storage"] == nil || capacity.count > 1 {
            errors.report(.notSupported("capacity", .object(capacity), ["storage"]))
        }
        for (name, value) in capacity { QuantityRules.positive(value, "capacity[\(name)]", &errors) }
    }

    /// Upstream's order: the first one found counts, the others are too many.
    private static let sources = [
        "hostPath", "gcePersistentDisk", "awsElasticBlockStore", "glusterfs", "flocker", "nfs", "rbd", "quobyte",
        "cephfs", "iscsi", "cinder", "fc", "flexVolume", "azureFile", "vsphereVolume", "photonPersistentDisk",
        "portworxVolume", "azureDisk", "scaleIO", "local", "storageos", "csi",
    ]

    private static func checkSources(_ spec: JSONObject, _ name: String, _ errors: inout [FieldError]) {
        let found = sources.filter { spec[$0] != nil }
        if found.isEmpty { errors.report(.required("", "must specify a volume type")) }
        for (index, kind) in found.enumerated() {
            // Upstream forgets to refuse this one as a second source.
            if index > 0, kind != "flexVolume" {
                let shown = kind == "cephfs" ? "cephFS" : kind
                errors.report(.forbidden(shown, "may not specify more than 1 volume type"))
                continue
            }
            let place = kind == "gcePersistentDisk" ? "persistentDisk" : kind
            errors.below(place) { VolumeSourceRules.check(kind, spec.object(kind), isPersistent: true, &$0) }
            if kind == "local", spec["nodeAffinity"] == nil {
                errors.report(.required("nodeAffinity", "Local volume requires node affinity"))
            }
        }
        let portal = spec.object("iscsi").text("targetPortal")
        if spec.object("iscsi")["initiatorName"] != nil, name.utf8.count + portal.utf8.count + 1 > 64 {
            errors.report(
                .invalid(
                    "iscsi.targetportal", .string(portal),
                    "Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if "
                        + "iscsi.initiatorName is specified."))
        }
    }

    private static func checkDataSource(_ spec: JSONObject, _ errors: inout [FieldError]) {
        for field in ["dataSource", "dataSourceRef"] {
            guard let source = spec[field]?.object else { continue }
            errors.below(field) { errors in
                errors.require(["name", "kind"], in: source)
                let group = source.text("apiGroup")
                if group.isEmpty, source.text("kind") != "PersistentVolumeClaim" {
                    errors.report(
                        .invalid(
                            "", .string(source.text("kind")),
                            "must be 'PersistentVolumeClaim' when referencing the default apiGroup"))
                }
                errors.named("apiGroup", in: source, Names.dnsSubdomain)
                if field == "dataSourceRef" { errors.named("namespace", in: source, Names.dnsLabel) }
            }
        }
        guard let source = spec["dataSource"]?.object, let reference = spec["dataSourceRef"]?.object else { return }
        if !reference.text("namespace").isEmpty {
            errors.report(.invalid("", "dataSource", "may not be specified when dataSourceRef.namespace is specified"))
        } else if ["apiGroup", "kind", "name"].contains(where: { source.text($0) != reference.text($0) }) {
            errors.report(.invalid("", "dataSource", "must match dataSourceRef"))
        }
    }
}
