enum SelectorRules {
    @Sendable static func labelSelector(_ selector: JSONObject, _ errors: inout [FieldError]) {
        MetadataRules.labels(selector.object("matchLabels"), "matchLabels", &errors)
        errors.each("matchExpressions", in: selector) { expression, errors in
            checkOperator(expression, &errors)
            errors.invalid("key", expression.text("key"), Names.qualifiedName(expression.text("key")))
            checkValues(expression, &errors)
        }
    }

    /// Selects nodes, for volumes and for pods.
    @Sendable static func nodeSelector(_ selector: JSONObject, _ errors: inout [FieldError]) {
        if selector.list("nodeSelectorTerms").isEmpty {
            errors.report(.required("nodeSelectorTerms", "must have at least one node selector term"))
        }
        errors.each("nodeSelectorTerms", in: selector) { nodeTerm($0, checksValues: true, &$1) }
    }

    static func nodeTerm(_ term: JSONObject, checksValues: Bool, _ errors: inout [FieldError]) {
        errors.each("matchExpressions", in: term) { requirement, errors in
            checkOperator(requirement, ordered: true, &errors)
            errors.invalid("key", requirement.text("key"), Names.qualifiedName(requirement.text("key")))
            if checksValues { checkValues(requirement, &errors) }
        }
        errors.each("matchFields", in: term, nodeField)
    }

    private static func nodeField(_ requirement: JSONObject, _ errors: inout [FieldError]) {
        let values = requirement.texts("values")
        switch requirement.text("operator") {
        case "In", "NotIn":
            if values.count != 1 {
                errors.report(
                    .required(
                        "values", "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"))
            }
        case let other: errors.report(.invalid("operator", .string(other), "not a valid selector operator"))
        }
        guard requirement.text("key") == "metadata.name" else {
            errors.report(.invalid("key", .string(requirement.text("key")), "not a valid field selector key"))
            return
        }
        for (index, value) in values.enumerated() {
            errors.invalid("values[\(index)]", value, Names.dnsSubdomain(value))
        }
    }

    private static func checkOperator(_ requirement: JSONObject, ordered: Bool = false, _ errors: inout [FieldError]) {
        let count = requirement.list("values").count
        switch requirement.text("operator") {
        case "In", "NotIn":
            if count == 0 {
                errors.report(.required("values", "must be specified when `operator` is 'In' or 'NotIn'"))
            }
        case "Exists", "DoesNotExist":
            if count > 0 {
                errors.report(
                    .forbidden("values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"))
            }
        case "Gt" where ordered, "Lt" where ordered:
            if count != 1 {
                errors.report(.required("values", "must be specified single value when `operator` is 'Lt' or 'Gt'"))
            }
        case let other: errors.report(.invalid("operator", .string(other), "not a valid selector operator"))
        }
    }

    private static func checkValues(_ requirement: JSONObject, _ errors: inout [FieldError]) {
        for (index, value) in requirement.texts("values").enumerated() {
            errors.invalid("values[\(index)]", value, Names.labelValue(value))
        }
    }
}
