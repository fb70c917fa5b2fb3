/// Environment variables and where they come from.
enum ContainerEnvironmentRules {
    static func check(_ container: JSONObject, _ errors: inout [FieldError]) {
        errors.each("env", in: container) { variable, errors in
            errors.requiredName("name", in: variable, Names.environmentVariable)
            if let source = variable["valueFrom"]?.object {
                errors.below("valueFrom") { valueFrom(source, hasValue: !variable.text("value").isEmpty, &$0) }
            }
        }
        for (index, source) in container.objects("envFrom").enumerated() {
            errors.below("envFrom[\(index)]") { errors in
                errors.named("prefix", in: source, Names.environmentVariable)
                for reference in ["configMapRef", "secretRef"] where source[reference] != nil {
                    errors.below(reference) { errors in
                        errors.requiredName("name", in: source.object(reference)) {
                            MetadataRules.asPrefix($0, Names.dnsSubdomain)
                        }
                    }
                }
            }
            // Upstream reports the number of sources about the list.
            switch ["configMapRef", "secretRef"].count(where: { source[$0] != nil }) {
            case 0: errors.report(.invalid("envFrom", "", "must specify one of: `configMapRef` or `secretRef`"))
            case 2: errors.report(.invalid("envFrom", "", "may not have more than one field specified at a time"))
            default: break
            }
        }
    }

    private static func valueFrom(_ source: JSONObject, hasValue: Bool, _ errors: inout [FieldError]) {
        if let field = source["fieldRef"]?.object {
            errors.below("fieldRef") { fieldRef(field, environmentPaths, &$0) }
        }
        if let resource = source["resourceFieldRef"]?.object {
            errors.below("resourceFieldRef") { resourceFieldRef(resource, needsContainer: false, &$0) }
        }
        for reference in ["configMapKeyRef", "secretKeyRef"] where source[reference] != nil {
            let key = source.object(reference)
            errors.below(reference) { errors in
                errors.invalid("name", key.text("name"), Names.dnsSubdomain(key.text("name")))
                errors.requiredName("key", in: key, Names.configKey)
            }
        }
        if let file = source["fileKeyRef"]?.object {
            errors.below("fileKeyRef") { errors in
                errors.requiredName("key", in: file, Names.environmentVariable)
                errors.requiredName("volumeName", in: file, Names.dnsLabel)
                if file.text("path").isEmpty { errors.report(.required("path")) }
                errors.noBacksteps("path", file.text("path"))
            }
        }
        let kinds = ["fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef"]
        let count = kinds.count { source[$0] != nil }
        if count == 0 {
            errors.report(
                .invalid(
                    "", "",
                    "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`"
                ))
        } else if hasValue {
            errors.report(.invalid("", "", "may not be specified when `value` is not empty"))
        } else if count > 1 {
            errors.report(.invalid("", "", "may not have more than one field specified at a time"))
        }
    }

    // MARK: Fields of the pod

    private static let environmentPaths = [
        "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName",
        "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs",
    ]
    static let volumePaths = [
        "metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid",
    ]
    /// All that upstream can convert, whether or not it is of use here.
    private static let convertible = Set(
        environmentPaths + volumePaths + ["spec.host", "spec.restartPolicy", "spec.schedulerName", "status.phase"])

    static func fieldRef(_ reference: JSONObject, _ allowed: [String], _ errors: inout [FieldError]) {
        let path = reference.text("fieldPath")
        if reference.text("apiVersion").isEmpty {
            errors.report(.required("apiVersion"))
        } else if path.isEmpty {
            errors.report(.required("fieldPath"))
        } else if path.hasSuffix("']"), let quote = path.firstRange(of: "['") {
            let base = String(path[..<quote.lowerBound])
            let key = String(path[quote.upperBound...].dropLast(2))
            switch base {
            case "metadata.annotations": errors.invalid("", key.lowercased(), Names.qualifiedName(key.lowercased()))
            case "metadata.labels": errors.invalid("", key, Names.qualifiedName(key))
            default: unknownField(path, reference, &errors)
            }
        } else if reference.text("apiVersion") != "v1" || !convertible.contains(path) {
            unknownField(path, reference, &errors)
        } else if !allowed.contains(path) {
            errors.report(.notSupported("fieldPath", .string(path), allowed))
        }
    }

    private static func unknownField(_ path: String, _ reference: JSONObject, _ errors: inout [FieldError]) {
        let why =
            reference.text("apiVersion") == "v1"
            ? "field label not supported: \(path)" : "unsupported pod version: \(reference.text("apiVersion"))"
        errors.report(.invalid("fieldPath", .string(path), "error converting fieldPath: \(why)"))
    }

    // MARK: Resources of a container

    private static let resources = ["cpu", "ephemeral-storage", "memory"]

    static func resourceFieldRef(
        _ reference: JSONObject, needsContainer: Bool, _ errors: inout [FieldError]
    ) {
        let resource = reference.text("resource")
        let known = ["limits", "requests"].flatMap { part in resources.map { "\(part).\($0)" } }
        let isPages = resource.hasPrefix("requests.hugepages-") || resource.hasPrefix("limits.hugepages-")
        if needsContainer, reference.text("containerName").isEmpty {
            errors.report(.required("containerName"))
        } else if resource.isEmpty {
            errors.report(.required("resource"))
        } else if !known.contains(resource), !isPages {
            errors.report(.notSupported("resource", .string(resource), known))
        }
        guard let divisor = QuantityRules.quantity(reference["divisor"]), !divisor.isZero else { return }
        let isProcessor = resource.hasSuffix(".cpu")
        let allowed = isProcessor ? ["1m", "1"] : ["1"] + "kMGTPE".map { "1\($0)" } + "KMGTPE".map { "1\($0)i" }
        guard known.contains(resource) || isPages, !allowed.contains(divisor.description) else { return }
        errors.report(
            .invalid(
                "divisor", .string(resource),
                "only divisor's values \(allowed.joined(separator: ", ")) are supported with this resource"))
    }

    /// Files with variables are in volumes that live as long as the pod.
    static func fileVolumes(_ spec: JSONObject, _ errors: inout [FieldError]) {
        let volumes = Dictionary(
            spec.objects("volumes").map { ($0.text("name"), $0) }, uniquingKeysWith: { _, last in last })
        for field in ["initContainers", "containers", "ephemeralContainers"] {
            errors.each(field, in: spec) { container, errors in
                errors.each("env", in: container) { variable, errors in
                    guard let file = variable.object("valueFrom")["fileKeyRef"]?.object else { return }
                    let name = file.text("volumeName")
                    guard let volume = volumes[name] else {
                        errors.report(.notFound("valueFrom.fileKeyRef.volumeName", .string(name)))
                        return
                    }
                    if volume["emptyDir"] == nil {
                        errors.report(
                            .invalid(
                                "valueFrom.fileKeyRef.volumeName", .string(name),
                                "referenced volume must be of type emptyDir"))
                    }
                }
            }
        }
    }
}
