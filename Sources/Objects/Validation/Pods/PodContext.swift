/// What the rules of a pod's parts have to know about the rest of the pod.
struct PodContext {
    /// A pod, not the template of one.
    var isPod = false
    /// Empty for a template.
    var podName = ""

    /// The volumes in which nothing is wrong: others cannot be mounted.
    var volumes: [String: JSONObject] = [:]
    var claimNames: Set<String> = []
    var gracePeriod: Int64?
    var hostUsers = true
    var restartPolicy = ""
    /// `linux`, `windows` or nothing.
    var system = ""
}

extension [FieldError] {
    /// A value of `allowed`: nothing at all is another error than something else.
    mutating func oneOf(_ field: String, in object: JSONObject, _ allowed: [String], isRequired: Bool = false) {
        guard let value = object[field], !value.isNullLiteral else {
            if isRequired { report(.required(field)) }
            return
        }
        if isRequired, value == "" {
            report(.required(field))
        } else if !(value.string.map(allowed.contains) ?? false) {
            report(.notSupported(field, value, allowed))
        }
    }

    /// A path below the place where it is used, which it does not leave.
    mutating func descendingPath(_ field: String, _ path: String) {
        if path.hasPrefix("/") { report(.invalid(field, .string(path), "must be a relative path")) }
        noBacksteps(field, path)
    }

    mutating func noBacksteps(_ field: String, _ path: String) {
        if Self.hasBacksteps(path) { report(.invalid(field, .string(path), "must not contain '..'")) }
    }

    static func hasBacksteps(_ path: String) -> Bool { path.split(separator: "/").contains("..") }

    /// Names that start with `..` belong to the kubelet.
    mutating func localPath(_ field: String, _ path: String) {
        descendingPath(field, path)
        if path.hasPrefix(".."), !path.hasPrefix("../") {
            report(.invalid(field, .string(path), "must not start with '..'"))
        }
    }

    mutating func fileMode(_ field: String, in object: JSONObject) {
        if let mode = object.number(field), !(0...0o777).contains(mode) {
            report(.invalid(field, .integer(mode), "must be a number between 0 and 0777 (octal), both inclusive"))
        }
    }

    mutating func range(_ field: String, in object: JSONObject, _ allowed: ClosedRange<Int64>) {
        if let value = object.number(field), !allowed.contains(value) {
            report(
                .invalid(
                    field, .integer(value), "must be between \(allowed.lowerBound) and \(allowed.upperBound), inclusive"
                ))
        }
    }

    mutating func positive(_ field: String, _ value: Int64) {
        if value <= 0 { report(.invalid(field, .integer(value), "must be greater than zero")) }
    }

    /// `check` applied to a text that may be missing.
    mutating func named(_ field: String, in object: JSONObject, _ check: (String) -> [String]) {
        let text = object.text(field)
        if !text.isEmpty { invalid(field, text, check(text)) }
    }

    mutating func requiredName(_ field: String, in object: JSONObject, _ check: (String) -> [String]) {
        if object.text(field).isEmpty { report(.required(field)) } else { named(field, in: object, check) }
    }
}
