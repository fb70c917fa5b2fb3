/// The volumes of a pod (k8s.io/kubernetes, pkg/apis/core/validation, ValidateVolumes).
enum PodVolumeRules {
    /// Returns those that containers can mount.
    static func check(
        _ spec: JSONObject, _ context: PodContext, _ errors: inout [FieldError]
    ) -> [String: JSONObject] {
        let volumes = spec.objects("volumes")
        var usable: [String: JSONObject] = [:]
        let made = Set(
            context.podName.isEmpty
                ? [] : volumes.filter { $0["ephemeral"] != nil }.map { "\(context.podName)-\($0.text("name"))" })
        for (index, volume) in volumes.enumerated() where !errors.isFull {
            let name = volume.text("name")
            var own: [FieldError] = []
            source(volume, context, &own)
            own.requiredName("name", in: volume, Names.dnsLabel)
            if usable[name] != nil { own.report(.duplicate("name", .string(name))) }
            if own.isEmpty { usable[name] = volume }
            let claim = volume.object("persistentVolumeClaim").text("claimName")
            if made.contains(claim) {
                own.report(
                    .invalid(
                        "persistentVolumeClaim.claimName", .string(claim),
                        "must not reference a PVC that gets created for an ephemeral volume"))
            }
            errors.below("volumes[\(index)]") { $0 = own }
        }
        return usable
    }

    /// In upstream's order: the first one counts, the others are too many.
    private static let kinds = [
        "emptyDir", "hostPath", "gitRepo", "gcePersistentDisk", "awsElasticBlockStore", "secret", "nfs", "iscsi",
        "glusterfs", "flocker", "persistentVolumeClaim", "rbd", "cinder", "cephfs", "quobyte", "downwardAPI", "fc",
        "flexVolume", "configMap", "azureFile", "vsphereVolume", "photonPersistentDisk", "portworxVolume", "azureDisk",
        "storageos", "projected", "scaleIO", "csi", "ephemeral", "image",
    ]

    private static func source(_ volume: JSONObject, _ context: PodContext, _ errors: inout [FieldError]) {
        let found = kinds.filter { volume[$0] != nil }
        guard let kind = found.first else {
            errors.report(.required("", "must specify a volume type"))
            return
        }
        for extra in found.dropFirst() {
            let shown = extra == "cephfs" ? "cephFS" : extra == "downwardAPI" ? "downwarAPI" : extra
            errors.report(.forbidden(shown, "may not specify more than 1 volume type"))
        }
        let source = volume.object(kind)
        let place = kind == "gcePersistentDisk" ? "persistentDisk" : kind
        errors.below(place) { errors in
            switch kind {
            case "emptyDir": emptyDir(source, &errors)
            case "gitRepo":
                if source.text("repository").isEmpty { errors.report(.required("repository")) }
                errors.descendingPath("directory", source.text("directory"))
            case "secret": items(source, name: "secretName", &errors)
            case "configMap": items(source, name: "name", &errors)
            case "persistentVolumeClaim":
                if source.text("claimName").isEmpty { errors.report(.required("claimName")) }
            case "downwardAPI":
                errors.fileMode("defaultMode", in: source)
                // Upstream reports files about the volume, not about the element.
                for file in source.objects("items") { downwardFile(file, &errors) }
            case "projected": ProjectedVolumeRules.check(source, &errors)
            case "csi": inlineCSI(source, &errors)
            case "ephemeral": ephemeral(source, &errors)
            case "image":
                if context.isPod, source.text("reference").isEmpty { errors.report(.required("reference")) }
                errors.oneOf("pullPolicy", in: source, ["Always", "IfNotPresent", "Never"], isRequired: true)
            default: VolumeSourceRules.check(kind, source, isPersistent: false, &errors)
            }
        }
        checkClaimName(volume, context, &errors)
    }

    private static func checkClaimName(_ volume: JSONObject, _ context: PodContext, _ errors: inout [FieldError]) {
        let name = volume.text("name")
        if volume["ephemeral"] != nil, !context.podName.isEmpty, !name.isEmpty {
            let claim = "\(context.podName)-\(name)"
            for problem in Names.dnsSubdomain(claim) {
                errors.report(.invalid("name", .string(name), "PVC name \(GoQuote.quote(claim)): \(problem)"))
            }
        }
        let portal = volume.object("iscsi").text("targetPortal")
        if volume.object("iscsi")["initiatorName"] != nil, name.utf8.count + portal.utf8.count + 1 > 64 {
            errors.report(
                .invalid(
                    "name", .string(name),
                    "Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if "
                        + "iscsi.initiatorName is specified."))
        }
    }

    private static func emptyDir(_ source: JSONObject, _ errors: inout [FieldError]) {
        if let limit = QuantityRules.quantity(source["sizeLimit"]), limit.nanos < 0 {
            errors.report(.forbidden("sizeLimit", "SizeLimit field must be a valid resource quantity"))
        }
    }

    private static func items(_ source: JSONObject, name: String, _ errors: inout [FieldError]) {
        if source.text(name).isEmpty { errors.report(.required(name)) }
        errors.fileMode("defaultMode", in: source)
        errors.each("items", in: source, keyToPath)
    }

    static func keyToPath(_ item: JSONObject, _ errors: inout [FieldError]) {
        for field in ["key", "path"] where item.text(field).isEmpty { errors.report(.required(field)) }
        errors.localPath("path", item.text("path"))
        errors.fileMode("mode", in: item)
    }

    static func downwardFile(_ file: JSONObject, _ errors: inout [FieldError]) {
        if file.text("path").isEmpty { errors.report(.required("path")) }
        errors.localPath("path", file.text("path"))
        if let field = file["fieldRef"]?.object {
            errors.below("fieldRef") {
                ContainerEnvironmentRules.fieldRef(field, ContainerEnvironmentRules.volumePaths, &$0)
            }
            if file["resourceFieldRef"] != nil {
                errors.report(
                    .invalid("", "resource", "fieldRef and resourceFieldRef can not be specified simultaneously"))
            }
        } else if let resource = file["resourceFieldRef"]?.object {
            errors.below("resourceFieldRef") {
                ContainerEnvironmentRules.resourceFieldRef(resource, needsContainer: true, &$0)
            }
        } else {
            errors.report(.required("", "one of fieldRef and resourceFieldRef is required"))
        }
        errors.fileMode("mode", in: file)
    }

    private static func inlineCSI(_ source: JSONObject, _ errors: inout [FieldError]) {
        VolumeSourceRules.driverName("driver", source.text("driver"), &errors)
        guard let secret = source["nodePublishSecretRef"]?.object else { return }
        let name = secret.text("name")
        if name.isEmpty {
            errors.report(.required("nodePublishSecretRef.name"))
        } else {
            errors.invalid("name", name, Names.dnsSubdomain(name))
        }
    }

    private static func ephemeral(_ source: JSONObject, _ errors: inout [FieldError]) {
        guard let template = source["volumeClaimTemplate"]?.object else {
            errors.report(.required("volumeClaimTemplate"))
            return
        }
        errors.below("volumeClaimTemplate") { errors in
            let metadata = template.object("metadata")
            errors.below("metadata") { errors in
                MetadataRules.annotations(metadata.object("annotations"), "annotations", &errors)
                MetadataRules.labels(metadata.object("labels"), "labels", &errors)
                for (field, value) in metadata
                where !["annotations", "labels", "creationTimestamp"].contains(field) && !value.isNullLiteral {
                    errors.report(.forbidden(field, "cannot be set"))
                }
            }
            errors.below("spec") { VolumeRules.claimSpec(template.object("spec"), &$0) }
        }
    }
}
