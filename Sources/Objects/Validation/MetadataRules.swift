/// Checks of `metadata`; fields are relative to it.
enum MetadataRules {
    private static let annotationsLimit = 256 * 1024
    private static let standardFinalizers: Set = ["orphan", "foregroundDeletion", "kubernetes"]

    static func create(_ object: Object, _ kind: KindSchema, _ errors: inout [FieldError]) {
        let metadata = object.json["metadata"]?.object ?? JSONObject()
        let check = nameCheck(kind)
        let prefix = metadata.text("generateName")
        if !prefix.isEmpty {
            // Five characters will follow, so a trailing dash is fine.
            errors.invalid("generateName", prefix, check(prefix.hasSuffix("-") ? prefix.dropLast() + "a" : prefix))
        }
        if object.name.isEmpty {
            errors.append(.required("name", "name or generateName is required"))
        } else {
            errors.invalid("name", object.name, check(object.name))
        }
        if kind.namespaced {
            if object.namespace.isEmpty {
                errors.append(.required("namespace"))
            } else {
                errors.invalid("namespace", object.namespace, Names.dnsLabel(object.namespace))
            }
        } else if !object.namespace.isEmpty {
            errors.append(.forbidden("namespace", "not allowed on this type"))
        }
        common(metadata, &errors)
    }

    static func update(_ new: Object, _ old: Object, _ kind: KindSchema, _ errors: inout [FieldError]) {
        let metadata = new.json["metadata"]?.object ?? JSONObject()
        for field in [
            "name", "namespace", "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds",
        ] {
            let (newValue, oldValue) = (metadata[field] ?? .null, old.json.at("metadata", field) ?? .null)
            if newValue != oldValue { errors.append(.invalid(field, newValue, "field is immutable")) }
        }
        if old.isBeingDeleted {
            let known = Set(old.finalizers)
            let added = new.finalizers.filter { !known.contains($0) }
            if !added.isEmpty {
                let list = added.sorted().map { GoQuote.quote($0) }.joined(separator: ", ")
                errors.append(
                    .forbidden(
                        "finalizers",
                        "no new finalizers can be added if the object is being deleted, found new finalizers "
                            + "[]string{\(list)}"))
            }
        }
        if new.generation < old.generation {
            errors.append(.invalid("generation", .integer(new.generation), "must not be decremented"))
        }
        common(metadata, &errors)
    }

    /// What every kind's names must look like.
    static func nameCheck(_ kind: KindSchema) -> (String) -> [String] {
        switch kind.kind {
        case "Namespace": Names.dnsLabel
        case "Service": Names.dns1035Label
        default: Names.dnsSubdomain
        }
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
        if size > annotationsLimit { errors.append(.tooLong(field, annotationsLimit)) }
    }

    private static func common(_ metadata: JSONObject, _ errors: inout [FieldError]) {
        errors.nonNegative(["generation"], in: metadata)
        labels(metadata.object("labels"), "labels", &errors)
        annotations(metadata.object("annotations"), "annotations", &errors)
        owners(metadata, &errors)
        finalizers(metadata.texts("finalizers"), &errors)
    }

    private static func owners(_ metadata: JSONObject, _ errors: inout [FieldError]) {
        errors.each("ownerReferences", in: metadata) { owner, errors in
            for field in ["apiVersion", "kind", "name", "uid"] where owner.text(field).isEmpty {
                errors.append(.required(field, "must not be empty"))
            }
            if owner.text("kind") == "Event" {
                errors.append(
                    .invalid(
                        "", .object(owner), "\(owner.text("apiVersion")), Kind=Event is disallowed from being an owner")
                )
            }
        }
        let controllers = metadata.objects("ownerReferences").filter { $0.flag("controller") }
            .map { "\($0.text("kind"))/\($0.text("name"))" }
        if controllers.count > 1 {
            errors.append(
                .invalid(
                    "ownerReferences", metadata["ownerReferences"] ?? .null,
                    "Only one reference can have Controller set to true. Found \"true\" in references for "
                        + "\(controllers[0]) and \(controllers[1])"))
        }
    }

    private static func finalizers(_ finalizers: [String], _ errors: inout [FieldError]) {
        for finalizer in finalizers {
            let problems = Names.qualifiedName(finalizer)
            errors.invalid("finalizers", finalizer, problems)
            if problems.isEmpty, !finalizer.contains("/"), !standardFinalizers.contains(finalizer) {
                errors.append(
                    .invalid(
                        "finalizers", .string(finalizer),
                        "name is neither a standard finalizer name nor is it fully qualified"))
            }
        }
        if finalizers.contains("orphan"), finalizers.contains("foregroundDeletion") {
            errors.append(
                .invalid(
                    "finalizers", .array(finalizers.map { .string($0) }),
                    "finalizer orphan and foregroundDeletion cannot be both set"))
        }
    }
}
