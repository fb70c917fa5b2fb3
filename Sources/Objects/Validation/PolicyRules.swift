/// Budgets, leases, revisions.
enum PolicyRules {
    static func intOrPercent(_ value: JSON, _ field: String, _ errors: inout [FieldError]) {
        switch value {
        case .integer(let number) where number < 0:
            errors.report(.invalid(field, value, "must be greater than or equal to 0"))
        case .string(let text):
            guard text.hasSuffix("%"), let percent = Int(text.dropLast()), percent >= 0, !text.hasPrefix("+") else {
                errors.report(
                    .invalid(
                        field, value,
                        "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or "
                            + "'93%', regex used for validation is '[0-9]+%')"))
                return
            }
            if percent > 100 { errors.report(.invalid(field, value, "must not be greater than 100%")) }
        default: break
        }
    }

    @Sendable static func budget(_ spec: JSONObject, _ errors: inout [FieldError]) {
        if spec["minAvailable"] != nil, spec["maxUnavailable"] != nil {
            errors.report(.invalid("", .object(spec), "minAvailable and maxUnavailable cannot be both set"))
        }
        for field in ["minAvailable", "maxUnavailable"] {
            if let value = spec[field] { intOrPercent(value, field, &errors) }
        }
        errors.below("selector") { SelectorRules.labelSelector(spec.object("selector"), &$0) }
        errors.oneOf("unhealthyPodEvictionPolicy", in: spec, ["AlwaysAllow", "IfHealthyBudget"])
    }

    @Sendable static func lease(_ spec: JSONObject, _ errors: inout [FieldError]) {
        if let seconds = spec.number("leaseDurationSeconds"), seconds <= 0 {
            errors.report(.invalid("leaseDurationSeconds", .integer(seconds), "must be greater than 0"))
        }
        errors.nonNegative(["leaseTransitions"], in: spec)
        if let strategy = spec["strategy"]?.string {
            if strategy.contains("/") {
                errors.invalid("strategy.strategy", strategy, Names.qualifiedName(strategy))
            } else if strategy != "OldestEmulationVersion" {
                errors.report(.notSupported("strategy.strategy", .string(strategy), ["OldestEmulationVersion"]))
            }
        }
        if !spec.text("preferredHolder").isEmpty, spec.text("strategy").isEmpty {
            errors.report(.forbidden("preferredHolder", "may only be specified if `strategy` is defined"))
        }
    }

    @Sendable static func revision(_ object: JSONObject, _ errors: inout [FieldError]) {
        if object["data"]?.isNull ?? true {
            errors.report(.required("data", "data is mandatory"))
        } else if object["data"]?.object == nil {
            errors.report(.required("data", "data must be a valid JSON object"))
        }
        errors.nonNegative(["revision"], in: object)
    }

    /// What a controller reports about a budget.
    static func budgetStatus(_ new: Object, _ old: Object, _ errors: inout [FieldError]) {
        let status = new["status"]?.object ?? JSONObject()
        errors.below("status") { errors in
            ConditionRules.check(status, &errors)
            errors.nonNegative(["disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods"], in: status)
        }
    }
}

/// Conditions of the common form (k8s.io/apimachinery, ValidateConditions).
enum ConditionRules {
    static func check(_ status: JSONObject, _ errors: inout [FieldError]) {
        var types: Set<String> = []
        errors.each("conditions", in: status) { condition, errors in
            let (type, reason) = (condition.text("type"), condition.text("reason"))
            if !types.insert(type).inserted { errors.report(.duplicate("type", .string(type))) }
            errors.invalid("type", type, Names.qualifiedName(type))
            if !["False", "True", "Unknown"].contains(condition.text("status")) {
                errors.report(
                    .notSupported("status", .string(condition.text("status")), ["False", "True", "Unknown"]))
            }
            errors.nonNegative(["observedGeneration"], in: condition)
            if condition.text("lastTransitionTime").isEmpty { errors.report(.required("lastTransitionTime")) }
            if reason.isEmpty {
                errors.report(.required("reason"))
            } else if !isReason(reason) {
                errors.report(
                    .invalid(
                        "reason", .string(reason),
                        "a condition reason must start with alphabetic character, optionally followed by a string of "
                            + "alphanumeric characters or '_,:', and must end with an alphanumeric character or '_'"))
            }
            if reason.utf8.count > 1024 { errors.report(.tooLong("reason", 1024)) }
            if condition.text("message").utf8.count > 32768 { errors.report(.tooLong("message", 32768)) }
        }
    }

    private static func isReason(_ text: String) -> Bool {
        guard let first = text.utf8.first, let last = text.utf8.last else { return false }
        return Names.isAlphanumeric(first) && !Names.isDigit(first)
            && (Names.isAlphanumeric(last) || last == UInt8(ascii: "_"))
            && text.utf8.allSatisfy { Names.isAlphanumeric($0) || "_,:".utf8.contains($0) }
    }
}
