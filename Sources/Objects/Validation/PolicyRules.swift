/// Budgets, leases, storage classes, revisions, endpoints, events.
enum PolicyRules {
    static func intOrPercent(_ value: JSON, _ field: String, _ errors: inout [FieldError]) {
        switch value {
        case .integer(let number) where number < 0:
            errors.append(.invalid(field, value, "must be greater than or equal to 0"))
        case .string(let text):
            guard text.hasSuffix("%"), let percent = Int(text.dropLast()), percent >= 0, !text.hasPrefix("+") else {
                errors.append(
                    .invalid(
                        field, value,
                        "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or "
                            + "'93%', regex used for validation is '[0-9]+%')"))
                return
            }
            if percent > 100 { errors.append(.invalid(field, value, "must not be greater than 100%")) }
        default: break
        }
    }

    @Sendable static func budget(_ spec: JSONObject, _ errors: inout [FieldError]) {
        if spec["minAvailable"] != nil, spec["maxUnavailable"] != nil {
            errors.append(.invalid("", .object(spec), "minAvailable and maxUnavailable cannot be both set"))
        }
        for field in ["minAvailable", "maxUnavailable"] {
            if let value = spec[field] { intOrPercent(value, field, &errors) }
        }
    }

    @Sendable static func lease(_ spec: JSONObject, _ errors: inout [FieldError]) {
        if let seconds = spec.number("leaseDurationSeconds"), seconds <= 0 {
            errors.append(.invalid("leaseDurationSeconds", .integer(seconds), "must be greater than 0"))
        }
        errors.nonNegative(["leaseTransitions"], in: spec)
    }

    @Sendable static func storageClass(_ object: JSONObject, _ errors: inout [FieldError]) {
        let provisioner = object.text("provisioner")
        if provisioner.isEmpty {
            errors.append(.required("provisioner"))
        } else {
            errors.invalid("provisioner", provisioner, Names.qualifiedName(provisioner.lowercased()))
        }
        let parameters = object.object("parameters")
        if parameters.count > 512 {
            errors.append(.tooLong("parameters", 512))
        }
        for key in parameters.keys where key.isEmpty {
            errors.append(.invalid("parameters", .string(key), "field can not be empty"))
        }
        if object.text("volumeBindingMode").isEmpty { errors.append(.required("volumeBindingMode")) }
    }

    @Sendable static func revision(_ object: JSONObject, _ errors: inout [FieldError]) {
        if object["data"]?.isNull ?? true { errors.append(.required("data", "data is mandatory")) }
        errors.nonNegative(["revision"], in: object)
    }

    @Sendable static func endpointSlice(_ object: JSONObject, _ errors: inout [FieldError]) {
        let type = object.text("addressType")
        if type.isEmpty { errors.append(.required("addressType")) }
        errors.each("endpoints", in: object) { endpoint, errors in
            let addresses = endpoint.texts("addresses")
            if addresses.isEmpty { errors.append(.required("addresses", "must contain at least 1 address")) }
            if addresses.count > 100 { errors.append(.tooMany("addresses", addresses.count, 100)) }
            for (index, address) in addresses.enumerated() {
                let valid =
                    type == "IPv4" ? IPAddress.isV4(address) : type == "IPv6" ? IPAddress.isV6(address) : true
                if !valid {
                    errors.append(.invalid("addresses[\(index)]", .string(address), "must be an \(type) address"))
                }
            }
        }
        errors.unique("ports", in: object)
    }

    @Sendable static func event(_ object: JSONObject, _ errors: inout [FieldError]) {
        let about = object.object("involvedObject").text("namespace")
        let namespace = object.object("metadata").text("namespace")
        if !about.isEmpty, about != namespace {
            errors.append(
                .invalid("involvedObject.namespace", .string(about), "does not match event.namespace"))
        } else if about.isEmpty, namespace != "default", namespace != "kube-system" {
            errors.append(.invalid("involvedObject.namespace", "", "does not match event.namespace"))
        }
    }

    @Sendable static func taint(_ taint: JSONObject, _ errors: inout [FieldError]) {
        errors.invalid("key", taint.text("key"), Names.qualifiedName(taint.text("key")))
        if taint.text("effect").isEmpty { errors.append(.required("effect")) }
    }
}

/// ConfigMaps and Secrets.
enum DataRules {
    private static let sizeLimit = 1024 * 1024

    @Sendable static func configMap(_ object: JSONObject, _ errors: inout [FieldError]) {
        var size = 0
        for (key, value) in object.object("data") {
            errors.invalid("data[\(key)]", key, Names.configKey(key))
            if object.object("binaryData")[key] != nil {
                errors.append(.invalid("data[\(key)]", .string(key), "duplicate of key present in binaryData"))
            }
            size += value.string?.utf8.count ?? 0
        }
        for (key, value) in object.object("binaryData") {
            errors.invalid("binaryData[\(key)]", key, Names.configKey(key))
            size += decodedSize(value)
        }
        if size > sizeLimit { errors.append(.tooLong("", sizeLimit)) }
    }

    @Sendable static func secret(_ object: JSONObject, _ errors: inout [FieldError]) {
        let data = object.object("data")
        var size = 0
        for (key, value) in data {
            errors.invalid("data[\(key)]", key, Names.configKey(key))
            size += decodedSize(value)
        }
        if size > sizeLimit { errors.append(.tooLong("data", sizeLimit)) }
        checkType(object, data, &errors)
    }

    private static func checkType(_ object: JSONObject, _ data: JSONObject, _ errors: inout [FieldError]) {
        let needed: [String: [String]] = [
            "kubernetes.io/dockercfg": [".dockercfg"], "kubernetes.io/dockerconfigjson": [".dockerconfigjson"],
            "kubernetes.io/ssh-auth": ["ssh-privatekey"], "kubernetes.io/tls": ["tls.crt", "tls.key"],
        ]
        let type = object.text("type")
        for key in needed[type] ?? [] where data[key] == nil { errors.append(.required("data[\(key)]")) }
        if type == "kubernetes.io/basic-auth", data["username"] == nil, data["password"] == nil {
            errors.append(.required("data[username]"))
            errors.append(.required("data[password]"))
        }
        let account = object.object("metadata").object("annotations").text("kubernetes.io/service-account.name")
        if type == "kubernetes.io/service-account-token", account.isEmpty {
            errors.append(.required("metadata.annotations[kubernetes.io/service-account.name]"))
        }
    }

    private static func decodedSize(_ value: JSON) -> Int { (value.string?.utf8.count ?? 0) / 4 * 3 }

    /// What says that it is immutable stays as it is, and says so for ever.
    static func update(_ new: Object, _ old: Object, _ errors: inout [FieldError]) {
        if old["immutable"]?.bool == true {
            let message = "field is immutable when `immutable` is set"
            if new["immutable"]?.bool != true { errors.append(.forbidden("immutable", message)) }
            for field in ["data", "binaryData"]
            where (new[field] ?? .object(JSONObject())) != (old[field] ?? .object(JSONObject())) {
                errors.append(.forbidden(field, message))
            }
        }
    }
}
