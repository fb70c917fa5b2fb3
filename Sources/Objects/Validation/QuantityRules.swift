enum QuantityRules {
    static func quantity(_ value: JSON?) -> Quantity? { value?.string.flatMap { Quantity($0) } }

    /// Sizes of volumes: at least zero is one rule upstream, more than zero another, and both report.
    static func positive(_ value: JSON?, _ field: String, _ errors: inout [FieldError]) {
        guard let value, let quantity = quantity(value) else { return }
        if quantity.nanos < 0 { errors.append(.invalid(field, value, "must be greater than or equal to 0")) }
        if quantity.nanos <= 0 { errors.append(.invalid(field, value, "must be greater than zero")) }
    }

    /// Limits and requests of a container: names, sizes, and no request above its limit.
    @Sendable static func resources(_ resources: JSONObject, _ errors: inout [FieldError]) {
        for list in ["limits", "requests"] {
            for (name, value) in resources.object(list) { resource(name, value, "\(list)[\(name)]", &errors) }
        }
        let limits = resources.object("limits")
        for (name, value) in resources.object("requests") {
            guard let request = quantity(value) else { continue }
            if let limit = quantity(limits[name]), request > limit {
                errors.append(
                    .invalid("requests", value, "must be less than or equal to \(name) limit of \(limit)"))
            } else if let limit = quantity(limits[name]), !canOvercommit(name), request < limit {
                errors.append(.invalid("requests", value, "must be equal to \(name) limit of \(limit)"))
            } else if limits[name] == nil, !canOvercommit(name) {
                errors.append(.required("limits", "Limit must be set for non overcommitable resources"))
            }
        }
    }

    private static func resource(_ name: String, _ value: JSON, _ field: String, _ errors: inout [FieldError]) {
        errors.invalid(field, name, Names.qualifiedName(name))
        if !name.contains("/"), !["cpu", "memory", "ephemeral-storage"].contains(name), !name.hasPrefix("hugepages-") {
            errors.append(.invalid(field, .string(name), "must be a standard resource for containers"))
        }
        guard let quantity = quantity(value) else { return }
        if quantity.nanos < 0 { errors.append(.invalid(field, value, "must be greater than or equal to 0")) }
        if isExtended(name), quantity.milliValue % 1000 != 0 {
            errors.append(.invalid(field, value, "must be an integer"))
        }
    }

    private static func isExtended(_ name: String) -> Bool {
        name.contains("/") && !name.contains("kubernetes.io/") || name.hasPrefix("hugepages-")
    }

    private static func canOvercommit(_ name: String) -> Bool { !isExtended(name) }
}
