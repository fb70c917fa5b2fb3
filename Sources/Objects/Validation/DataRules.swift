/// ConfigMaps and Secrets.
enum DataRules {
    private static let sizeLimit = 1024 * 1024

    @Sendable static func configMap(_ object: JSONObject, _ errors: inout [FieldError]) {
        var size = 0
        let binary = MemberLookup(object.object("binaryData"))
        for (key, value) in object.object("data") {
            errors.invalid("data[\(key)]", key, Names.configKey(key))
            if binary[key] != nil {
                errors.report(.invalid("data[\(key)]", .string(key), "duplicate of key present in binaryData"))
            }
            size += value.string?.utf8.count ?? 0
        }
        for (key, value) in object.object("binaryData") {
            errors.invalid("binaryData[\(key)]", key, Names.configKey(key))
            size += decodedSize(value)
        }
        // What upstream makes of a path without steps.
        if size > sizeLimit { errors.report(.tooLong("[]", sizeLimit)) }
    }

    @Sendable static func secret(_ object: JSONObject, _ errors: inout [FieldError]) {
        let data = object.object("data")
        var size = 0
        for (key, value) in data {
            errors.invalid("data[\(key)]", key, Names.configKey(key))
            size += decodedSize(value)
        }
        if size > sizeLimit { errors.report(.tooLong("data", sizeLimit)) }
        checkType(object, data, &errors)
    }

    private static func checkType(_ object: JSONObject, _ data: JSONObject, _ errors: inout [FieldError]) {
        let type = object.text("type")
        let registries = [
            "kubernetes.io/dockercfg": ".dockercfg", "kubernetes.io/dockerconfigjson": ".dockerconfigjson",
        ]
        if let key = registries[type] { checkRegistries(data[key], "data[\(key)]", &errors) }
        if type == "kubernetes.io/tls" {
            for key in ["tls.crt", "tls.key"] where data[key] == nil { errors.report(.required("data[\(key)]")) }
        }
        if type == "kubernetes.io/ssh-auth", data.text("ssh-privatekey").isEmpty {
            errors.report(.required("data[ssh-privatekey]"))
        }
        if type == "kubernetes.io/basic-auth", data["username"] == nil, data["password"] == nil {
            errors.report(.required("data[username]"))
            errors.report(.required("data[password]"))
        }
        let account = object.object("metadata").object("annotations").text("kubernetes.io/service-account.name")
        if type == "kubernetes.io/service-account-token", account.isEmpty {
            errors.report(.required("metadata.annotations[kubernetes.io/service-account.name]"))
        }
    }

    /// Credentials for registries are an object.
    private static func checkRegistries(_ value: JSON?, _ field: String, _ errors: inout [FieldError]) {
        guard let text = value?.string else {
            errors.report(.required(field))
            return
        }
        let content = Base64.decode(text).flatMap { try? JSONParser.parse($0) }
        if content?.object == nil, content != .null {
            errors.report(.invalid(field, "<secret contents redacted>", "not a JSON object"))
        }
    }

    private static func decodedSize(_ value: JSON) -> Int { (value.string?.utf8.count ?? 0) / 4 * 3 }

    /// What says that it is immutable stays as it is, and says so for ever.
    static func update(_ new: Object, _ old: Object, _ errors: inout [FieldError]) {
        if old["immutable"]?.bool == true {
            let message = "field is immutable when `immutable` is set"
            if new["immutable"]?.bool != true { errors.report(.forbidden("immutable", message)) }
            for field in ["data", "binaryData"]
            where (new[field] ?? .object(JSONObject())) != (old[field] ?? .object(JSONObject())) {
                errors.report(.forbidden(field, message))
            }
        }
    }
}
