/// Where a pod may and should run.
enum SchedulingRules {
    private static let required = "requiredDuringSchedulingIgnoredDuringExecution"
    private static let preferred = "preferredDuringSchedulingIgnoredDuringExecution"

    static func check(_ spec: JSONObject, _ errors: inout [FieldError]) {
        let affinity = spec.object("affinity")
        errors.below("affinity.nodeAffinity") { nodeAffinity(affinity.object("nodeAffinity"), &$0) }
        for field in ["podAffinity", "podAntiAffinity"] {
            errors.below("affinity.\(field)") { podAffinity(affinity.object(field), &$0) }
        }
        errors.each("tolerations", in: spec, toleration)
        spread(spec, &errors)
    }

    private static func nodeAffinity(_ affinity: JSONObject, _ errors: inout [FieldError]) {
        if let selector = affinity[required]?.object {
            errors.below(required) { SelectorRules.nodeSelector(selector, &$0) }
        }
        errors.each(preferred, in: affinity) { term, errors in
            weight(term, &errors)
            errors.below("preference") { SelectorRules.nodeTerm(term.object("preference"), checksValues: false, &$0) }
        }
    }

    private static func weight(_ term: JSONObject, _ errors: inout [FieldError]) {
        let weight = term.number("weight") ?? 0
        if !(1...100).contains(weight) {
            errors.report(.invalid("weight", .integer(weight), "must be in the range 1-100"))
        }
    }

    private static func podAffinity(_ affinity: JSONObject, _ errors: inout [FieldError]) {
        errors.each(required, in: affinity, podTerm)
        errors.each(preferred, in: affinity) { term, errors in
            weight(term, &errors)
            errors.below("podAffinityTerm") { podTerm(term.object("podAffinityTerm"), &$0) }
        }
    }

    private static func podTerm(_ term: JSONObject, _ errors: inout [FieldError]) {
        for field in ["labelSelector", "namespaceSelector"] {
            errors.below(field) { SelectorRules.labelSelector(term.object(field), &$0) }
        }
        for name in term.texts("namespaces") { errors.invalid("namespace", name, Names.dnsLabel(name)) }
        matchKeys(term, &errors)
        let key = term.text("topologyKey")
        if key.isEmpty { errors.report(.required("topologyKey", "can not be empty")) }
        errors.invalid("topologyKey", key, Names.qualifiedName(key))
    }

    /// Keys whose values come from the pod's own labels.
    private static func matchKeys(_ term: JSONObject, _ errors: inout [FieldError]) {
        for field in ["matchLabelKeys", "mismatchLabelKeys"] where !term.list(field).isEmpty {
            if term["labelSelector"] == nil {
                errors.report(.forbidden(field, "must not be specified when labelSelector is not set"))
                continue
            }
            for (index, key) in term.texts(field).enumerated() {
                errors.invalid("\(field)[\(index)]", key, Names.qualifiedName(key))
            }
        }
        let keys = term.texts("matchLabelKeys")
        let places = Dictionary(keys.enumerated().map { ($1, $0) }, uniquingKeysWith: { _, last in last })
        var used = Set(term.object("labelSelector").object("matchLabels").keys)
        for expression in term.object("labelSelector").objects("matchExpressions") {
            let key = expression.text("key")
            if used.contains(key), let index = places[key] {
                errors.report(.invalid("[\(index)]", .string(key), "exists in both matchLabelKeys and labelSelector"))
            }
            used.insert(key)
        }
        let mismatched = Set(term.texts("mismatchLabelKeys"))
        for (index, key) in keys.enumerated() where mismatched.contains(key) {
            errors.report(
                .invalid(
                    "matchLabelKeys[\(index)]", .string(key), "exists in both matchLabelKeys and mismatchLabelKeys"))
        }
    }

    static func toleration(_ toleration: JSONObject, _ errors: inout [FieldError]) {
        let (key, operation) = (toleration.text("key"), toleration.text("operator"))
        let value = toleration.text("value")
        if !key.isEmpty { errors.invalid("key", key, Names.qualifiedName(key)) }
        if key.isEmpty, operation != "Exists" {
            errors.report(
                .invalid(
                    "operator", .string(operation),
                    "operator must be Exists when `key` is empty, which means \"match all values and all keys\""))
        }
        if toleration["tolerationSeconds"] != nil, toleration.text("effect") != "NoExecute" {
            errors.report(
                .invalid(
                    "effect", .string(toleration.text("effect")),
                    "effect must be 'NoExecute' when `tolerationSeconds` is set"))
        }
        switch operation {
        case "", "Equal":
            let problems = Names.labelValue(value)
            if !problems.isEmpty {
                errors.report(.invalid("operator", .string(value), problems.joined(separator: ";")))
            }
        case "Exists":
            if !value.isEmpty {
                errors.report(
                    .invalid("operator", .string(value), "value must be empty when `operator` is 'Exists'"))
            }
        default: errors.report(.notSupported("operator", .string(operation), ["Equal", "Exists"]))
        }
        if !toleration.text("effect").isEmpty {
            errors.oneOf("effect", in: toleration, ["NoSchedule", "PreferNoSchedule", "NoExecute"])
        }
    }

    private static func spread(_ spec: JSONObject, _ errors: inout [FieldError]) {
        let constraints = spec.objects("topologySpreadConstraints")
        let last = Dictionary(
            constraints.enumerated().map { (spreadIdentity($1), $0) }, uniquingKeysWith: { _, last in last })
        for (index, constraint) in constraints.enumerated() where !errors.isFull {
            errors.below("topologySpreadConstraints[\(index)]") { errors in
                errors.positive("maxSkew", constraint.number("maxSkew") ?? 0)
                if constraint.text("topologyKey").isEmpty {
                    errors.report(.required("topologyKey", "can not be empty"))
                }
                let action = constraint.text("whenUnsatisfiable")
                if !["DoNotSchedule", "ScheduleAnyway"].contains(action) {
                    errors.report(
                        .notSupported("whenUnsatisfiable", .string(action), ["DoNotSchedule", "ScheduleAnyway"]))
                }
                let identity = spreadIdentity(constraint)
                if let last = last[identity], last > index {
                    let shown = "{\(identity[0]), \(identity[1])}"
                    errors.report(.duplicate("{topologyKey, whenUnsatisfiable}", .string(shown)))
                }
                if let domains = constraint.number("minDomains") {
                    errors.positive("minDomains", domains)
                    if action != "DoNotSchedule" {
                        errors.report(
                            .invalid(
                                "minDomains", .integer(domains),
                                "can only use minDomains if whenUnsatisfiable=DoNotSchedule, not \(action)"))
                    }
                }
                for field in ["nodeAffinityPolicy", "nodeTaintsPolicy"] {
                    errors.oneOf(field, in: constraint, ["Honor", "Ignore"])
                }
                matchKeys(constraint, &errors)
                errors.below("labelSelector") { SelectorRules.labelSelector(constraint.object("labelSelector"), &$0) }
            }
        }
    }

    /// Two constraints must not have the same.
    private static func spreadIdentity(_ constraint: JSONObject) -> [String] {
        [constraint.text("topologyKey"), constraint.text("whenUnsatisfiable")]
    }
}
