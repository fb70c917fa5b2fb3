/// Checks of `metadata`; fields are relative to it.
enum MetadataRules {
    private static let annotationsLimit = 256 * 1024
    private static let standardFinalizers: Set = ["orphan", "foregroundDeletion", "kubernetes"]

    static func create(_ object: Object, _ kind: KindSchema, _ errors: inout [FieldError]) {
        let metadata = object.json["metadata"]?.object ?? JSONObject()
        let check = nameCheck(kind)
        let prefix = metadata.text("generateName")
        if !prefix.isEmpty {
            errors.invalid("generateName", prefix, asPrefix(prefix, check))
        }
        if object.name.isEmpty {
            errors.report(.required("name", "name or generateName is required"))
        } else {
            errors.invalid("name", object.name, check(object.name))
        }
        if kind.namespaced {
            if object.namespace.isEmpty {
                errors.report(.required("namespace"))
            } else {
                errors.invalid("namespace", object.namespace, Names.dnsLabel(object.namespace))
            }
        } else if !object.namespace.isEmpty {
            errors.report(.forbidden("namespace", "not allowed on this type"))
        }
        common(metadata, kind, &errors)
    }

    static func update(_ new: Object, _ old: Object, _ kind: KindSchema, _ errors: inout [FieldError]) {
        let metadata = new.json["metadata"]?.object ?? JSONObject()
        for field in [
            "name", "namespace", "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds",
        ] {
            let (newValue, oldValue) = (metadata[field] ?? .null, old.json.at("metadata", field) ?? .null)
            if newValue != oldValue { errors.report(.invalid(field, newValue, "field is immutable")) }
        }
        if old.isBeingDeleted {
            let known = Set(old.finalizers)
            let added = new.finalizers.filter { !known.contains($0) }
            if !added.isEmpty {
                let list = added.sorted().map { GoQuote.quote($0) }.joined(separator: ", ")
                errors.report(
                    .forbidden(
                        "finalizers",
                        "no new finalizers can be added if the object is being deleted, found new finalizers "
                            + "[]string{\(list)}"))
            }
        }
        if new.generation < old.generation {
            errors.report(.invalid("generation", .integer(new.generation), "must not be decremented"))
        }
        common(metadata, kind, &errors)
    }

    /// What every kind's names must look like.
    static func nameCheck(_ kind: KindSchema) -> (String) -> [String] {
        switch kind.kind {
        case "Namespace", "StatefulSet", "Service": Names.dnsLabel
        // Upstream checks no more of these than that they fit into a path.
        case "PodDisruptionBudget": Names.pathSegment
        case "Event" where kind.group.isEmpty: Names.pathSegment
        default: Names.dnsSubdomain
        }
    }

    /// Characters will follow, so a trailing dash is fine.
    static func asPrefix(_ prefix: String, _ check: (String) -> [String]) -> [String] {
        check(prefix.utf8.count > 1 && prefix.hasSuffix("-") ? prefix.dropLast() + "a" : prefix)
    }

    static func labels(_ labels: JSONObject, _ field: String, _ errors: inout [FieldError]) {
        for (key, value) in labels {
            errors.invalid(field, key, Names.qualifiedName(key))
            errors.invalid(field, value.string ?? "", Names.labelValue(value.string ?? ""))
        }
    }

    static func annotations(_ annotations: JSONObject, _ field: String, _ errors: inout [FieldError]) {
        var size = 0
        for (key, value) in annotations {
            errors.invalid(field, key, Names.qualifiedName(key.lowercased()))
            size += key.utf8.count + (value.string?.utf8.count ?? 0)
        }
        if size > annotationsLimit { errors.report(.tooLong(field, annotationsLimit)) }
    }

    private static func common(_ metadata: JSONObject, _ kind: KindSchema, _ errors: inout [FieldError]) {
        errors.nonNegative(["generation"], in: metadata)
        labels(metadata.object("labels"), "labels", &errors)
        annotations(metadata.object("annotations"), "annotations", &errors)
        owners(metadata, &errors)
        finalizers(metadata.texts("finalizers"), checksStandard: !looselyChecked.contains(kind.kind), &errors)
        managedFields(metadata, &errors)
    }

    /// Kinds whose metadata upstream checks as it checks any object's, not as it checks those of its core.
    private static let looselyChecked: Set = ["Lease", "PodDisruptionBudget", "Event"]

    /// Each shows the whole list.
    private static let maximumControllerProblems = 10

    /// Upstream reports about the list, not about its elements.
    private static func owners(_ metadata: JSONObject, _ errors: inout [FieldError]) {
        let list = metadata["ownerReferences"] ?? .null
        var controller: String?
        var extraControllers = 0
        for owner in metadata.objects("ownerReferences") where !errors.isFull {
            let version = owner.text("apiVersion")
            if version.isEmpty || version.hasSuffix("/") || version.utf8.count(where: { $0 == 0x2f }) > 1 {
                errors.report(.invalid("ownerReferences.apiVersion", .string(version), "version must not be empty"))
            }
            for field in ["kind", "name", "uid"] where owner.text(field).isEmpty {
                errors.report(.invalid("ownerReferences.\(field)", "", "must not be empty"))
            }
            if owner.text("kind") == "Event", owner.text("apiVersion") == "v1" {
                errors.report(
                    .invalid("ownerReferences", .object(owner), "/v1, Kind=Event is disallowed from being an owner"))
            }
            guard owner.flag("controller") else { continue }
            let name = "\(owner.text("kind"))/\(owner.text("name"))".cut(to: FieldPath.maximumLength)
            if let controller {
                extraControllers += 1
                if extraControllers > maximumControllerProblems { continue }
                errors.report(
                    .invalid(
                        "ownerReferences", list,
                        "Only one reference can have Controller set to true. Found \"true\" in references for "
                            + "\(controller) and \(name)"))
            } else {
                controller = name
            }
        }
    }

    private static func managedFields(_ metadata: JSONObject, _ errors: inout [FieldError]) {
        errors.each("managedFields", in: metadata) { entry, errors in
            if !["Apply", "Update"].contains(entry.text("operation")) {
                errors.report(
                    .invalid("operation", .string(entry.text("operation")), "must be `Apply` or `Update`"))
            }
            if !["", "FieldsV1"].contains(entry.text("fieldsType")) {
                errors.report(.invalid("fieldsType", .string(entry.text("fieldsType")), "must be `FieldsV1`"))
            }
            if entry.text("manager").utf8.count > 128 { errors.report(.tooLong("manager", 128)) }
            if entry.text("subresource").utf8.count > 256 { errors.report(.tooLong("subresource", 256)) }
        }
    }

    /// A name without a domain is one of Kubernetes' own.
    static func standardFinalizer(_ finalizer: String, _ field: String, _ errors: inout [FieldError]) {
        if finalizer.contains("/") || standardFinalizers.contains(finalizer) { return }
        errors.report(
            .invalid(
                field, .string(finalizer), "name is neither a standard finalizer name nor is it fully qualified"))
    }

    static func finalizers(
        _ finalizers: [String], checksStandard: Bool, _ errors: inout [FieldError]
    ) {
        for (index, finalizer) in finalizers.enumerated() {
            errors.invalid("finalizers", finalizer, Names.qualifiedName(finalizer))
            if checksStandard { standardFinalizer(finalizer, "finalizers[\(index)]", &errors) }
        }
        if finalizers.contains("orphan"), finalizers.contains("foregroundDeletion") {
            errors.report(
                .invalid(
                    "finalizers", .array(finalizers.map { .string($0) }),
                    "finalizer orphan and foregroundDeletion cannot be both set"))
        }
    }
}
