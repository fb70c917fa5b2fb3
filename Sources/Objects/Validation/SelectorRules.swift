enum SelectorRules {
    @Sendable static func labelSelector(_ selector: JSONObject, _ errors: inout [FieldError]) {
        MetadataRules.labels(selector.object("matchLabels"), "matchLabels", &errors)
        errors.each("matchExpressions", in: selector) { expression, errors in
            let values = expression.texts("values")
            switch expression.text("operator") {
            case "In", "NotIn":
                if values.isEmpty {
                    errors.append(.required("values", "must be specified when `operator` is 'In' or 'NotIn'"))
                }
            case "Exists", "DoesNotExist":
                if !values.isEmpty {
                    errors.append(
                        .forbidden("values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"))
                }
            case let other: errors.append(.invalid("operator", .string(other), "not a valid selector operator"))
            }
            errors.invalid("key", expression.text("key"), Names.qualifiedName(expression.text("key")))
            for (index, value) in values.enumerated() {
                errors.invalid("values[\(index)]", value, Names.labelValue(value))
            }
        }
    }

    /// Selects nodes, for volumes and for pods.
    @Sendable static func nodeSelector(_ selector: JSONObject, _ errors: inout [FieldError]) {
        if selector.list("nodeSelectorTerms").isEmpty {
            errors.append(.required("nodeSelectorTerms", "must have at least one node selector term"))
        }
    }

    @Sendable static func nodeRequirement(_ requirement: JSONObject, _ errors: inout [FieldError]) {
        let values = requirement.texts("values")
        switch requirement.text("operator") {
        case "In", "NotIn":
            if values.isEmpty {
                errors.append(.required("values", "must be specified when `operator` is 'In' or 'NotIn'"))
            }
        case "Exists", "DoesNotExist":
            if !values.isEmpty {
                errors.append(
                    .forbidden("values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"))
            }
        case "Gt", "Lt":
            if values.count != 1 {
                errors.append(.required("values", "must be specified single value when `operator` is 'Lt' or 'Gt'"))
            }
        default:
            errors.append(
                .invalid("operator", .string(requirement.text("operator")), "not a valid selector operator"))
        }
        errors.invalid("key", requirement.text("key"), Names.qualifiedName(requirement.text("key")))
    }
}
