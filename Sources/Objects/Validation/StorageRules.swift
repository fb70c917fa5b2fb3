/// Kinds of storage.k8s.io (k8s.io/kubernetes, pkg/apis/storage/validation).
enum StorageRules {
    private static let sizeLimit = 256 * 1024

    @Sendable static func storageClass(_ object: JSONObject, _ errors: inout [FieldError]) {
        let provisioner = object.text("provisioner")
        if provisioner.isEmpty { errors.report(.required("provisioner")) }
        errors.named("provisioner", in: object) { Names.qualifiedName($0.lowercased()) }
        let parameters = object.object("parameters")
        if parameters.count > 512 {
            errors.report(.tooLong("parameters", 512))
        } else {
            for key in parameters.keys where key.isEmpty {
                errors.report(.invalid("parameters", .string(key), "field can not be empty."))
            }
            if size(parameters) > sizeLimit { errors.report(.tooLong("parameters", sizeLimit)) }
        }
        if !object.text("reclaimPolicy").isEmpty {
            errors.oneOf("reclaimPolicy", in: object, ["Delete", "Retain"])
        }
        if object["volumeBindingMode"] == nil { errors.report(.required("volumeBindingMode")) }
        errors.oneOf("volumeBindingMode", in: object, ["Immediate", "WaitForFirstConsumer"])
        checkTopologies(object, &errors)
    }

    private static func size(_ map: JSONObject) -> Int {
        map.reduce(0) { $0 + $1.key.utf8.count + ($1.value.string?.utf8.count ?? 0) }
    }

    private static func checkTopologies(_ object: JSONObject, _ errors: inout [FieldError]) {
        // Upstream begins with an empty term for each, so that an empty one is its duplicate, once for each.
        var terms: [[String: Set<String>]: Int] = [[:]: object.objects("allowedTopologies").count]
        errors.each("allowedTopologies", in: object) { term, errors in
            var keys: [String: Set<String>] = [:]
            errors.each("matchLabelExpressions", in: term) { expression, errors in
                let (key, values) = (expression.text("key"), expression.texts("values"))
                if values.isEmpty { errors.report(.required("values")) }
                var seen: Set<String> = []
                for (index, value) in values.enumerated() where !seen.insert(value).inserted {
                    errors.report(.duplicate("values[\(index)]", .string(value)))
                }
                errors.invalid("key", key, Names.qualifiedName(key))
                if keys[key] != nil { errors.report(.duplicate("key", .string(key))) }
                keys[key] = seen
            }
            for _ in 0..<min(terms[keys] ?? 0, [FieldError].maximumCount) {
                errors.report(.duplicate("matchLabelExpressions", ""))
            }
            terms[keys, default: 0] += 1
        }
    }

    @Sendable static func driver(_ spec: JSONObject, _ errors: inout [FieldError]) {
        for (field, shown) in [
            ("attachRequired", "attachedRequired"), ("podInfoOnMount", "podInfoOnMount"),
            ("storageCapacity", "storageCapacity"), ("seLinuxMount", "seLinuxMount"),
        ] where spec[field] == nil {
            errors.report(.required(shown))
        }
        errors.oneOf("fsGroupPolicy", in: spec, ["File", "None", "ReadWriteOnceWithFSType"])
        var audiences: Set<String> = []
        errors.each("tokenRequests", in: spec) { request, errors in
            if audiences.insert(request.text("audience")).inserted {
                ProjectedVolumeRules.tokenLifetime(request, "expirationSeconds", &errors)
            } else {
                errors.report(.duplicate("audience", .string(request.text("audience"))))
            }
        }
        if spec.flag("serviceAccountTokenInSecrets"), audiences.isEmpty {
            errors.report(
                .invalid(
                    "serviceAccountTokenInSecrets", true,
                    "serviceAccountTokenInSecrets is set but no tokenRequests are specified"))
        }
        for mode in spec.texts("volumeLifecycleModes") where !["Persistent", "Ephemeral"].contains(mode) {
            errors.report(.notSupported("volumeLifecycleModes", .string(mode), ["Persistent", "Ephemeral"]))
        }
        if let seconds = spec.number("nodeAllocatableUpdatePeriodSeconds"), seconds < 10 {
            errors.report(
                .invalid(
                    "nodeAllocatableUpdatePeriodSeconds", .integer(seconds),
                    "must be greater than or equal to 10 seconds"))
        }
    }

    static func updateDriver(_ new: Object, _ old: Object, _ errors: inout [FieldError]) {
        for (field, shown) in [
            ("attachRequired", "attachedRequired"), ("volumeLifecycleModes", "volumeLifecycleModes"),
        ]
        where new["spec", field] != old["spec", field] {
            errors.report(.invalid("spec.\(shown)", new["spec", field] ?? .null, "field is immutable"))
        }
    }

    @Sendable static func node(_ spec: JSONObject, _ errors: inout [FieldError]) {
        var names: Set<String> = []
        for (index, driver) in spec.objects("drivers").enumerated() {
            errors.below("drivers[\(index)]") { errors in
                let (name, id) = (driver.text("name"), driver.text("nodeID"))
                VolumeSourceRules.driverName("name", name, &errors)
                if id.isEmpty { errors.report(.required("nodeID")) }
                if id.utf8.count > 256 {
                    errors.report(.invalid("nodeID", .string(id), "must be 256 characters or less"))
                }
                errors.below("allocatable") { $0.nonNegative(["count"], in: driver.object("allocatable")) }
                if !names.insert(name).inserted { errors.report(.duplicate("name", .string(name))) }
                var keys: Set<String> = []
                // Upstream reports keys about the driver.
                for key in driver.texts("topologyKeys") {
                    if key.isEmpty { errors.report(.required("")) }
                    if !keys.insert(key).inserted { errors.report(.duplicate("", .string(key))) }
                    errors.invalid("", key, Names.qualifiedName(key))
                }
            }
        }
    }

    static func updateNode(_ new: Object, _ old: Object, _ errors: inout [FieldError]) {
        let drivers = Dictionary(
            (new["spec", "drivers"]?.array ?? []).map { ($0["name"], $0) }, uniquingKeysWith: { first, _ in first })
        for before in old["spec", "drivers"]?.array ?? [] {
            guard let after = drivers[before["name"]] else { continue }
            // How many volumes fit may change; who the node is to the driver may not.
            var (fixed, was) = (after, before)
            fixed["allocatable"] = nil
            was["allocatable"] = nil
            if fixed != was { errors.report(.invalid("spec.drivers", after, "field is immutable")) }
        }
    }

    @Sendable static func attachment(_ object: JSONObject, _ errors: inout [FieldError]) {
        let spec = object.object("spec")
        errors.below("spec") { errors in
            let attacher = spec.text("attacher")
            if attacher.isEmpty { errors.report(.required("attacher")) }
            errors.below("source") { checkSource(spec.object("source"), &$0) }
            errors.invalid("nodeName", spec.text("nodeName"), Names.dnsSubdomain(spec.text("nodeName")))
        }
        let status = object.object("status")
        errors.below("status") { errors in
            if size(status.object("attachmentMetadata")) > sizeLimit {
                errors.report(.tooLong("attachmentMetadata", sizeLimit))
            }
            for field in ["attachError", "detachError"] {
                if status.object(field).text("message").utf8.count > 1024 {
                    errors.report(.tooLong("\(field).message", sizeLimit))
                }
            }
        }
    }

    /// What only a new attachment is held to.
    static func createAttachment(_ attachment: Object, _ errors: inout [FieldError]) {
        let spec = attachment["spec"]?.object ?? JSONObject()
        let attacher = spec.text("attacher")
        if !attacher.isEmpty { VolumeSourceRules.driverName("spec.attacher", attacher, &errors) }
        if let name = spec.object("source")["persistentVolumeName"]?.string {
            errors.invalid("spec.source.persistentVolumeName", name, Names.dnsSubdomain(name))
        }
    }

    private static func checkSource(_ source: JSONObject, _ errors: inout [FieldError]) {
        let message = "must specify exactly one of inlineVolumeSpec and persistentVolumeName"
        switch (source["inlineVolumeSpec"]?.object, source["persistentVolumeName"]?.string) {
        case (nil, nil): errors.report(.required("", message))
        case (_?, _?): errors.report(.forbidden("", message))
        case (nil, let name?):
            if name.isEmpty {
                errors.report(.required("persistentVolumeName", "must specify non empty persistentVolumeName"))
            }
        case (let spec?, nil):
            errors.below("inlineVolumeSpec") { VolumeRules.volumeSpec(spec, name: "", isInline: true, &$0) }
        }
    }
}
